"""A worker takes up a job, reports, and settles it."""

from __future__ import annotations

import threading

import pytest
from django.forms import model_to_dict
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backbone.models import Job
from backbone.operations import request_cancel
from backbone.progress import LostJob, Reporter
from backbone.runner import perform
from foundation.errors import InvalidInput, WrongState
from tenants.isolation.context import enter_tenant

pytestmark = pytest.mark.django_db(transaction=True)


READ = """select set_config('app.tenant', %(tenant)s, true);
          select done || '/' || total || ' ' || note from backbone_job where id = %(job)s"""


def run(job):
    perform(tenant_id=job.tenant_id, job_id=job.pk)


def test_a_job_runs_and_keeps_its_result(start, reload):
    job = start(lambda job, reporter: {"rows": 3})
    run(job)
    job = reload(job)
    assert (job.state, job.result, job.tries) == ("succeeded", {"rows": 3}, 1)
    assert job.finished_at is not None


def test_progress_is_seen_while_the_work_is_uncommitted(start, reload):
    seen = []

    def handler(job, reporter):
        with job.enter():
            reporter.report(done=1, total=4, note="reading")
            # Another connection looks: the reporter's update is there, the work is not.
            with Reporter(tenant_id=job.tenant_id, job_id=job.pk) as other:
                seen.append(other._execute(READ, {}))

    job = start(handler)
    run(job)
    assert seen == ["1/4 reading"]
    assert reload(job).done == 4, "a job that succeeded has done all of it"


def test_a_refusal_is_kept_in_every_language(start, reload):
    def handler(job, reporter):
        raise InvalidInput(
            _("This file is too large; the largest allowed is %(megabytes)s MB."),
            code="file_too_large",
            params={"megabytes": 7},
        )

    job = start(handler)
    run(job)
    job = reload(job)
    assert (job.state, job.error_code) == ("failed", "file_too_large")
    assert set(job.error) == {"zh-hans", "en"}
    with translation.override("en"):
        assert job.reason == "This file is too large; the largest allowed is 7 MB."


def test_what_breaks_tells_a_number_and_no_detail(start, reload, caplog):
    def handler(job, reporter):
        raise ZeroDivisionError("secret 42")

    job = start(handler)
    run(job)
    job = reload(job)
    assert (job.state, job.error_code) == ("failed", "broken")
    assert "test-request" in job.error["en"]
    assert "secret" not in str(job.error)
    assert "secret 42" in caplog.text, "the logs keep the traceback"


def test_cancel_reaches_the_running_work(start, reload, actor, now):
    slices = []

    def handler(job, reporter):
        for n in range(1000):
            slices.append(n)
            if n == 3:
                with enter_tenant(job.tenant_id):
                    request_cancel(actor=actor, now=now, job=job)
                reporter.write()
            reporter.check()

    job = start(handler)
    run(job)
    assert reload(job).state == "cancelled"
    assert len(slices) == 4


def test_a_second_worker_leaves_a_running_job_alone(start, reload):
    ran = []

    def handler(job, reporter):
        ran.append(1)
        if len(ran) == 1:
            run(job)

    job = start(handler)
    run(job)
    assert ran == [1]
    assert reload(job).state == "succeeded"


def test_a_job_resumed_while_its_last_worker_lets_go_is_not_left_lying(start, reload):
    job = start()
    last = Reporter(tenant_id=job.tenant_id, job_id=job.pk).__enter__()
    letting_go = threading.Timer(0.3, last.__exit__, (None, None, None))
    letting_go.start()
    run(job)
    letting_go.join()
    assert reload(job).state == "succeeded"


def test_a_second_worker_would_run_it_without_the_lock(start, monkeypatch):
    """The control: the guard off, the same job runs twice at once."""
    ran = []

    def handler(job, reporter):
        ran.append(1)
        if len(ran) == 1:
            run(job)

    monkeypatch.setattr("backbone.progress.TRY_LOCK", "select true")
    job = start(handler)
    with pytest.raises(WrongState):
        run(job)
    assert ran == [1, 1]


def test_running_again_after_the_end_changes_nothing(start, reload):
    ran = []
    job = start(lambda job, reporter: ran.append(1))
    run(job)
    before = model_to_dict(reload(job))
    run(job)
    assert ran == [1]
    assert model_to_dict(reload(job)) == before


def test_a_job_that_was_taken_away_stops(start, reload):
    def handler(job, reporter):
        with enter_tenant(job.tenant_id):
            Job.objects.filter(pk=job.pk).update(state="queued")
        with pytest.raises(LostJob):
            reporter.write()
        reporter.write()

    job = start(handler)
    run(job)
    assert reload(job).state == "queued"


def test_a_worker_without_its_connection_does_not_settle_the_job(start, reload):
    def handler(job, reporter):
        reporter._connection.close()
        reporter.write()

    job = start(handler)
    run(job)
    assert reload(job).state == "running"


def test_reports_are_written_twice_a_second_at_most(start):
    writes = []

    def handler(job, reporter):
        clock = iter(range(10_000))
        reporter._clock = lambda: next(clock) / 1000

        def write():
            writes.append(1)
            reporter._written_at = reporter._clock()

        reporter.write = write
        for n in range(3000):
            reporter.report(done=n)

    run(start(handler))
    assert 4 <= len(writes) <= 8


def test_done_beyond_an_estimated_total_grows_the_total(start, reload):
    seen = []

    def handler(job, reporter):
        reporter.report(done=12, total=10)
        seen.append(reload(job).total)

    run(start(handler))
    assert seen == [12]
