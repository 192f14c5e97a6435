"""kill -9 of the worker in the middle of a run, twice: no number is missing and none is twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from backbone.models import Job
from backbone.runner import perform
from billing.models import Charge, Invoice, InvoiceLine, InvoiceRun, RunState
from billing.operations import drafting, issuing, numbering, run_work, runs
from tenants.isolation.context import STAFF, Identity, enter
from tests.backbone.processes import in_a_process, wait_until
from tests.billing.running import begun, numbers_without_gap, overview, owed, ready, stepped, worked
from tests.proof import FULL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ORGANISATIONS, CHARGES, BUNDLE = (500, 20, 25) if FULL else (24, 3, 3)
# After each small bundle, so that whoever watches sees it before the work is over.
PAUSE = 0 if FULL else 0.3
SECONDS = 120


@pytest.fixture
def debtors(make: Any, monkeypatch: Any) -> list[Any]:
    monkeypatch.setattr(run_work, "ORGANISATIONS", BUNDLE)
    monkeypatch.setattr(run_work, "BILLS", BUNDLE)
    monkeypatch.setattr(drafting, "draft_all", _with_a_pause(drafting.draft_all))
    monkeypatch.setattr(issuing, "issue_all", _with_a_pause(issuing.issue_all))
    tenants = [make.tenant() for _each in range(ORGANISATIONS)]
    owed(tenants, CHARGES)
    return tenants


def _with_a_pause(work: Callable[..., Any]) -> Callable[..., Any]:
    def work_and_wait(*args: Any, **values: Any) -> Any:
        done = work(*args, **values)
        time.sleep(PAUSE)
        return done

    return work_and_wait


def job_of(run: InvoiceRun) -> Job:
    job_id = fresh(run).job_id
    assert job_id is not None
    with overview():
        return Job.objects.get(pk=job_id)


def fresh(run: InvoiceRun) -> InvoiceRun:
    with overview():
        return InvoiceRun.objects.get(pk=run.pk)


def killed_when(is_time: Callable[[], bool], job: Job) -> None:
    """A process works on the job and is killed, with no chance to say anything."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        perform(tenant_id=job.tenant_id, job_id=job.pk)
        os._exit(0)
    try:
        assert wait_until(is_time, SECONDS)
        # Into the bundle that follows.
        time.sleep(0.05)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_run_that_was_killed_goes_on_without_a_gap(debtors, staff) -> None:
    run = begun(staff)
    killed_when(lambda: fresh(run).planned > 0, job_of(run))
    assert 0 < fresh(run).planned < ORGANISATIONS
    assert worked(run).state == "succeeded"
    with overview():
        drafted = Invoice.objects.filter(run=run).values_list("tenant_id", flat=True)
        assert sorted(drafted) == sorted(tenant.pk for tenant in debtors)
        assert InvoiceLine.objects.count() == ORGANISATIONS * CHARGES
    stepped(runs.issue_run, staff, run)
    for _each in range(2):
        before = fresh(run).issued
        killed_when(lambda reached=before: fresh(run).issued > reached, job_of(run))  # type: ignore[misc]
        assert before < fresh(run).issued < ORGANISATIONS
        assert numbers_without_gap() == fresh(run).issued
    job = worked(run)
    assert (job.state, job.tries, fresh(run).state) == ("succeeded", 3, RunState.DONE)
    assert numbers_without_gap() == fresh(run).issued == ORGANISATIONS
    with overview():
        assert not Charge.objects.to_bill().exists()


def test_a_number_given_by_itself_would_be_missing(debtors, staff, monkeypatch) -> None:
    """The control: numbers that are committed before their bills leave a gap when it is killed."""
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    job = job_of(run)
    plain = numbering.next_numbers

    def committed_at_once(*wanted: Any) -> list[int]:
        found: list[int] = []

        def work() -> None:
            with enter(Identity(STAFF)):
                found.extend(plain(*wanted))
            connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return found

    def kill(**_known: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(issuing, "next_numbers", committed_at_once)
        patched.setattr(issuing, "post_all", kill)
        assert in_a_process(lambda: perform(tenant_id=job.tenant_id, job_id=job.pk)) == -9
    assert worked(run).state == "succeeded"
    with pytest.raises(AssertionError):
        numbers_without_gap()
