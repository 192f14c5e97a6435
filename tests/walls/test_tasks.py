"""Work in the background keeps its organisation, or does nothing and says so."""

from __future__ import annotations

import logging
import random
from collections import Counter
from contextlib import closing, contextmanager
from typing import Any

import pytest
from celery import shared_task
from django.db import connection
from django.utils import timezone

from backbone import jobs, relay
from backbone.models import Job, Notice, OutboxMessage
from backbone.operations import enqueue, notify, start_job
from backbone.progress import Silent
from backbone.runner import perform
from backbone.tasking import NoTenant
from banking.models import StatementFile
from foundation.actors import Actor
from foundation.errors import DomainError
from leasing.models import Lease
from park_portal.celery import app
from park_portal.embedded.redis import EmbeddedRedis
from residency.models import Agreement
from tenants.isolation.context import as_system, enter_tenant
from tests import databases
from tests.backbone.processes import Worker, wait_until
from tests.backbone.worker_app import stamp
from tests.proof import FULL
from tests.walls import attending, running
from tests.walls.tables import tenant_tables
from training.models import Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

app.loader.import_default_modules()
SCOPES = {"tenant", "global"}
TENANTS, TASKS, PROCESSES = (20, 1_000, 2) if FULL else (6, 36, 2)


def ours():
    """Celery's own are left out, and those that other tests made."""
    return {n: task for n, task in app.tasks.items() if not n.startswith(("celery.", "test."))}


def of_scope(scope):
    return sorted(name for name, task in ours().items() if getattr(task, "scope", "") == scope)


def unscoped():
    """Tasks that nobody said of whether they are for one organisation."""
    return [name for name, task in ours().items() if getattr(task, "scope", None) not in SCOPES]


def test_every_task_is_for_one_organisation_or_for_the_portal():
    assert unscoped() == []


def test_control_a_task_of_no_kind_is_found():
    @shared_task(name="stray")
    def stray():
        return None

    try:
        assert unscoped() == ["stray"]
    finally:
        app.tasks.unregister("stray")


# -- nobody's work ---------------------------------------------------------------------------

NOBODY = [{}, *({"tenant_id": wrong} for wrong in (None, "1", True, 0, -1, 999_999, [1]))]


@pytest.mark.parametrize("name", of_scope("tenant"))
def test_without_an_organisation_nothing_is_done_and_it_is_said(name, population):
    before = everything()
    with enter_tenant(population.amber.pk):
        waiting = Job.objects.filter(state="queued").earliest("pk")
    for wrong in NOBODY:
        with pytest.raises(NoTenant):
            app.tasks[name](job_id=waiting.pk, **wrong)
    with pytest.raises(NoTenant):
        app.tasks[name](population.amber.pk, waiting.pk)
    assert everything() == before


def test_a_job_of_a_neighbour_is_not_run_and_it_is_said(population):
    amber, birch = population.amber, population.birch
    with enter_tenant(amber.pk):
        waiting = list(Job.objects.filter(state__in=["queued", "running"]))
    before = everything()
    for job in waiting:
        with pytest.raises(DomainError) as refusal:
            app.tasks["backbone.run_job"](tenant_id=birch.pk, job_id=job.pk)
        assert refusal.value.code == "not_found"
    assert waiting
    assert everything() == before


@pytest.mark.parametrize("name", of_scope("global"))
def test_a_task_of_the_portal_enters_an_organisation_or_sees_none(name, population, monkeypatch):
    """Whatever it calls: outside of an entered organisation there are no rows."""
    monkeypatch.setattr(
        app.tasks[name], "run", lambda: Notice.objects.count() + Job.objects.count()
    )
    assert app.tasks[name]() == 0


# -- twice -----------------------------------------------------------------------------------

# Handlers that leave something new each time they run; what a job did is settled once.
REPEATED_ANEW = {
    "billing.run_gather": "gathers once, and leaves in the trail each time that it looked",
    "billing.run_issue": "issues once, and leaves in the trail each time that it looked",
    "trade.export_orders": "writes another file, which goes by its last day",
    "reporting.park_brief": "writes another file",
    "learners.export": "writes another file, which goes by its last day",
    "certificates.archive": "writes another file, which goes by its last day",
    "training.evidence": "writes another file, which goes by its last day",
    "backbone.export_data": "writes another file, which goes by its last day",
    "banking.read_statement": "reads the file once, and leaves in the trail each time that it looked",
}


# A year later everything is due: jobs lost their workers, files their last day is over, stays
# end although nobody asked to leave, an agreement is over that was renewed. Bills are frozen: the
# park reminds of them that much earlier.
A_YEAR_LATER = """
update tenants_trailentry set at = at - interval '1 year';
update backbone_job set queued_at = queued_at - interval '1 year',
  sent_at = sent_at - interval '1 year', heartbeat_at = heartbeat_at - interval '1 year';
update backbone_outboxmessage set next_at = now(), done_at = done_at - interval '1 year';
update backbone_notice set read_at = now() - interval '2 years';
update billing_billingterms set remind_ahead = 365;
update billing_payment set created_at = created_at - interval '1 year';
update backbone_document set expires_on = current_date - 1 where purpose = 'trade.exported_orders';
update residency_stay set state = 'suspended', starts_on = starts_on - 365,
  ends_on = ends_on - 365;
update residency_agreement set state = 'effective', starts_on = starts_on - 365,
  ends_on = current_date - 1, closing_reason = '', closed_on = null where state = 'ended'
"""
WRITES_NO_ROWS = {"backbone.heartbeat"}


@pytest.mark.parametrize("name", of_scope("global"))
def test_a_task_of_the_portal_can_run_twice(name, population):
    as_owner(A_YEAR_LATER)
    before = everything()
    app.tasks[name]()
    once = everything()
    app.tasks[name]()
    assert everything() == once
    assert (once == before) == (name in WRITES_NO_ROWS), "there was something to do"


def test_what_cannot_be_tidied_for_one_organisation_holds_up_nobody_else(population, caplog):
    amber = population.amber.pk
    as_owner(A_YEAR_LATER)
    as_owner(
        f"update backbone_document set expires_on = current_date - 1 where tenant_id = {amber}"
    )
    app.tasks["backbone.tidy"]()
    assert "was left out: _tidy_tenant" in caplog.text
    assert {row["tenant_id"] for (row,) in everything()["backbone_notice"]} == {amber}


def test_every_job_can_be_sent_twice(population):
    assert of_scope("tenant") == ["backbone.run_job"], "say here how a new one is called"
    with enter_tenant(population.amber.pk):
        sent = list(Job.objects.values_list("tenant_id", "pk"))
    for times in (1, 2):
        for tenant_id, job_id in sent:
            app.tasks["backbone.run_job"](tenant_id=tenant_id, job_id=job_id)
        if times == 1:
            once = everything()
    assert everything() == once
    with enter_tenant(population.amber.pk):
        assert not Job.objects.filter(state__in=["queued", "running"]).exists()


@pytest.mark.parametrize("kind", sorted(k for k in jobs._kinds if not k.startswith("test.")))
def test_a_handler_whose_worker_died_after_the_work_can_run_again(kind, population):
    job = job_of(kind, population)
    handler: Any = jobs.registered(kind).handler
    before = everything()
    handler(job, Silent())
    once = everything()
    assert once != before or kind not in PAYLOADS, "there was something to do"
    handler(job, Silent())
    assert (everything() == once) == (kind not in REPEATED_ANEW)


def job_of(kind, population):
    """One of the enterprise's; others are asked for by the park, with what they are to work on."""
    with enter_tenant(population.amber.pk):
        found = Job.objects.filter(kind=kind).exclude(state="failed").first()
    if found is None:
        payload = PAYLOADS.get(kind, lambda _population: {})(population)
        with enter_tenant(population.park.pk):
            actor = population.park.owner.actor()
            found = start_job(actor=actor, now=timezone.now(), kind=kind, payload=payload)
    return found


def agreement_without_paper(population):
    """What makes its PDF works on: an agreement that waits for it."""
    as_owner("update residency_agreement set document_id = null where state = 'awaiting'")
    with enter_tenant(population.amber.pk):
        agreement = Agreement.objects.get(state="awaiting")
        return {"agreement_id": agreement.pk, "organisation_id": agreement.tenant_id}


def lease_without_paper(population):
    """A lease that waits for its contract."""
    as_owner("update leasing_lease set document_id = null where state = 'awaiting'")
    with enter_tenant(population.amber.pk):
        lease = Lease.objects.filter(state="awaiting").latest("pk")
        names = ["某园区", "A park"]
        return {"lease_id": lease.pk, "organisation_id": lease.tenant_id, "park": names}


def held_session():
    """One that the park has held; every organisation had a seat in it."""
    return Session.objects.get(code=attending.CODE).pk


def unread_file():
    """A bank's file that waits to be read."""
    with as_system():
        return StatementFile.objects.filter(state="waiting").earliest("pk").pk


PAYLOADS = {
    "billing.run_gather": lambda _population: {"run_id": running.run_at_work("gathering").pk},
    "billing.run_issue": lambda _population: {"run_id": running.run_at_work("issuing").pk},
    "leasing.contract_pdf": lease_without_paper,
    "backbone.export_data": lambda _population: {"language": "en"},
    "banking.read_statement": lambda _population: {"file_id": unread_file(), "take": True},
    "training.evidence": lambda _population: {"session_id": held_session(), "language": "en"},
    "certificates.archive": lambda _population: {"language": "en"},
    "learners.export": lambda _population: {"kind": "csv", "language": "en"},
    "residency.agreement_pdf": agreement_without_paper,
}


def as_owner(statement):
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        owner.cursor().execute(statement)


def everything():
    """Every row of every table, as the owner of the tables sees them."""
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        found = {}
        for table in tenant_tables(cursor):
            cursor.execute(f'select to_jsonb(t) from "{table.name}" t order by id')
            found[table.name] = cursor.fetchall()
    return found


# -- a handler that forgot its filter --------------------------------------------------------


@pytest.fixture
def neighbours_notice(make, neighbour):
    return give_notice(make.member(neighbour, password=None))


def give_notice(member, title="board"):
    with enter_tenant(member.tenant_id):
        who = {"actor": member.actor(), "user_id": member.user_id}
        notify(now=timezone.now(), kind="test", title=title, **who)
        return Notice.objects.latest("pk")


@contextmanager
def unwalled(table):
    """The guard off: the table has no row-level security."""
    as_owner(f"alter table {table} disable row level security")
    yield
    as_owner(f"alter table {table} enable row level security")


def look_around(notice):
    """What reading, changing and removing a neighbour's row by its number comes to."""
    found = Notice.objects.filter(pk=notice.pk)
    return (found.count(), found.update(url="/seen/"), found.delete()[0])


def test_a_handler_gets_nothing_of_a_neighbour(start, neighbours_notice, reload):
    def handler(job, reporter):
        outside = Notice.objects.count()
        with job.enter():
            return {"outside": outside, "inside": look_around(neighbours_notice)}

    job = start(handler)
    perform(tenant_id=job.tenant_id, job_id=job.pk)
    assert reload(job).result == {"outside": 0, "inside": [0, 0, 0]}
    assert reload(neighbours_notice).url == ""


def test_control_without_its_wall_a_table_is_open_to_every_handler(
    start, neighbours_notice, reload
):
    def handler(job, reporter):
        with unwalled("backbone_notice"), job.enter():
            return {"inside": look_around(neighbours_notice)}

    job = start(handler)
    perform(tenant_id=job.tenant_id, job_id=job.pk)
    assert reload(job).result == {"inside": [1, 1, 1]}


@pytest.fixture
def message(actor, effect):
    """Puts a message of the enterprise into the outbox, whose effect the test gives."""

    def put(function):
        with enter_tenant(actor.tenant_id):
            now = timezone.now()
            enqueue(actor=actor, now=now, kind=effect(function), payload={}, key="a")
            return OutboxMessage.objects.get(key="a")

    return put


def test_an_effect_gets_nothing_of_a_neighbour(message, neighbours_notice, reload):
    seen = []
    sent = message(lambda _message: seen.append(look_around(neighbours_notice)))
    assert relay.deliver(tenant_id=sent.tenant_id, message_id=sent.pk)
    assert seen == [(0, 0, 0)]
    assert reload(neighbours_notice).url == ""


def test_an_effect_that_writes_for_a_neighbour_is_refused_and_it_is_said(
    message, neighbours_notice, reload, caplog
):
    def write(_message):
        neighbours_notice.pk = None
        neighbours_notice.save(force_insert=True)

    kept, sent = neighbours_notice.pk, message(write)
    with caplog.at_level(logging.ERROR):
        assert not relay.deliver(tenant_id=sent.tenant_id, message_id=sent.pk)
    assert "an effect failed" in caplog.text
    assert reload(sent).error.endswith("ProgrammingError")
    with enter_tenant(neighbours_notice.tenant_id):
        assert [notice.pk for notice in Notice.objects.all()] == [kept]


def test_a_message_is_delivered_by_its_own_organisation_only(message, neighbour, reload):
    sent = message(lambda _message: pytest.fail("it happened"))
    assert not relay.deliver(tenant_id=neighbour.pk, message_id=sent.pk)
    assert reload(sent).tries == 0


# -- many at once ----------------------------------------------------------------------------


@pytest.fixture
def boards(make):
    """One notice for each of many organisations: whoever reaches it writes its number there."""
    return [give_notice(make.member(make.tenant(), password=None)) for _n in range(TENANTS)]


def ask_for_stamps(boards, number):
    """Jobs of all organisations, each with as many, in no order."""
    turns = [boards[n % len(boards)] for n in range(number)]
    random.Random(7).shuffle(turns)
    for board in turns:
        actor = Actor(user_id=None, tenant_id=board.tenant_id)
        with enter_tenant(board.tenant_id):
            start_job(actor=actor, now=timezone.now(), kind="test.stamp", payload={})


def outcome():
    """How the jobs ended, by state and by how many notices each reached."""
    with as_system():
        found = Job.objects.values_list("state", "result__reached")
        return Counter(found)


def stamped_wrong(boards, reload):
    return [board.pk for board in boards if reload(board).url != f"/{board.tenant_id}/"]


@pytest.mark.slow
def test_tasks_of_many_organisations_on_two_processes_write_nothing_across(
    boards, reload, tmp_path
):
    ask_for_stamps(boards, TASKS)
    wanted = {("succeeded", 1): TASKS}
    with EmbeddedRedis(tmp_path / "redis") as redis:
        worker = Worker(tmp_path, redis, processes=PROCESSES)
        worker.start()
        try:
            wait_until(lambda: outcome() == wanted, 400 if FULL else 90)
            assert outcome() == wanted, worker.log()
        finally:
            worker.kill()
    assert stamped_wrong(boards, reload) == []


def test_control_without_its_wall_they_write_across(boards, reload, kind):
    kind(stamp, "test.stamp")
    ask_for_stamps(boards, len(boards))
    with as_system():
        waiting = list(Job.objects.values_list("tenant_id", "pk"))
    with unwalled("backbone_notice"):
        for tenant_id, job_id in waiting:
            perform(tenant_id=tenant_id, job_id=job_id)
    assert outcome() == {("succeeded", len(boards)): len(boards)}
    assert len(stamped_wrong(boards, reload)) == len(boards) - 1
