"""Tasks: each of one kind, each can run twice; the schedule; the worker's sign of life."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from backbone import heartbeat, runner
from backbone.schedule import BEAT_SCHEDULE
from backbone.tasking import NoTenant, tenant_task
from backbone.tasks import run_job
from park_portal.celery import app
from tenants.isolation.context import current_identity, enter_tenant

app.loader.import_default_modules()
OURS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_task_says_whether_it_is_for_one_organisation(name):
    assert getattr(OURS[name], "scope", None) in {"tenant", "global"}


def test_the_schedule_names_tasks_that_exist():
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= set(OURS)
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in BEAT_SCHEDULE.values())


@pytest.mark.parametrize(
    "arguments", [{}, {"tenant_id": None}, {"tenant_id": "7"}, {"tenant_id": True}]
)
def test_a_task_of_an_organisation_without_one_fails_loudly(arguments, monkeypatch):
    monkeypatch.setattr(runner, "perform", lambda **_values: pytest.fail("it ran"))
    with pytest.raises(NoTenant):
        run_job(job_id=1, **arguments)


@pytest.mark.django_db
def test_a_task_of_an_organisation_runs_as_it(enterprise):
    seen = []

    @tenant_task("test.look")
    def look(*, tenant_id):
        seen.append((current_identity().tenant_id, connection.in_atomic_block))

    look(tenant_id=enterprise.pk)
    assert seen == [(enterprise.pk, True)]
    assert current_identity().tenant_id is None


GLOBAL = sorted(name for name, task in OURS.items() if getattr(task, "scope", "") == "global")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", GLOBAL)
def test_a_second_run_changes_nothing(name, start, effect):
    start()
    OURS[name]()
    before = _rows()
    OURS[name]()
    assert _rows() == before


def _rows():
    """Every row of the backbone's tables, as staff see them."""
    from tenants.isolation.context import as_system

    tables = ["backbone_job", "backbone_outboxmessage", "backbone_notice", "backbone_document"]
    with as_system(), connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"select to_jsonb(t) from {table} t order by id")
            found[table] = cursor.fetchall()
    return found


def test_the_workers_sign_of_life():
    assert heartbeat.seconds_since_beat() is None
    heartbeat.beat()
    assert heartbeat.seconds_since_beat() is not None


def test_a_cache_that_is_away_does_not_end_the_worker(monkeypatch):
    monkeypatch.setattr(cache, "set", lambda *_values: (_ for _ in ()).throw(OSError()))
    heartbeat.beat()


@pytest.mark.django_db
def test_figures_for_prometheus(client, settings, actor, kind):
    from backbone.operations import start_job

    settings.METRICS_TOKEN = "figures"
    kind(lambda job, reporter: None)
    with enter_tenant(actor.tenant_id):
        start_job(actor=actor, now=timezone.now(), kind="test.job", payload={})
    page = client.get("/metrics", headers={"Authorization": "Bearer figures"}).content.decode()
    assert 'portal_jobs{state="queued"} 1.0' in page
    assert "portal_outbox_waiting 1.0" in page
    assert "portal_queue_age_seconds" in page
    assert client.get("/metrics").status_code == 404
