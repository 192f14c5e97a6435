"""Runs of bills, as the park's staff lead them: begin, look, issue, stop, continue, drop.

The work itself is done in the background (``billing.operations.run_work``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.models import Job
from backbone.operations import jobs
from backbone.recording import changed, saved
from billing.models import Invoice, InvoiceQuerySet, InvoiceRun, InvoiceState, RunState
from billing.operations import drafting
from billing.operations.issuing import IN_FUTURE
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation

GATHER, ISSUE = "billing.run_gather", "billing.run_issue"
NOTHING = _("No charges to bill were due until this day: drop the run.")
# What a run is in while a job of this kind works on it.
AT_WORK = {GATHER: RunState.GATHERING, ISSUE: RunState.ISSUING}


@operation
def begin_run(*, actor: Actor, now: datetime, upto: date, issue_on: date) -> InvoiceRun:
    """Gather drafts, in the background, of what all organisations owe that is due until ``upto``
    (a day of the park) and on no bill yet. The bills will be dated ``issue_on``.

    Raises NotPermitted, DomainError ``run_one_at_a_time`` while another run is not finished.
    """
    permissions.require(actor, "issue_bills")
    run = saved(InvoiceRun(upto=upto, issue_on=issue_on, created_by_id=actor.user_id), {})
    return _start(actor, now, run, GATHER)


@operation
def issue_run(*, actor: Actor, now: datetime, run: InvoiceRun) -> InvoiceRun:
    """Issue the drafts in the background. Raises NotPermitted, WrongState, InvalidInput while their
    day is in the future, DomainError ``nothing_to_bill``."""
    permissions.require(actor, "issue_bills")
    own = locked_run(run.pk)
    own.move_to(RunState.ISSUING)
    if own.issue_on > timezone.localdate(now):
        raise InvalidInput(IN_FUTURE, code="run_in_future")
    if not drafts_of(own).exists():
        raise DomainError(NOTHING, code="nothing_to_bill")
    changed(own, {"state": own.state})
    return _start(actor, now, own, ISSUE)


@operation
def stop_run(*, actor: Actor, now: datetime, run: InvoiceRun) -> InvoiceRun:
    """Ask the work to stop between two bundles; what is issued stays so.

    Raises NotPermitted, WrongState when nothing is at work.
    """
    permissions.require(actor, "issue_bills")
    own = locked_run(run.pk)
    job = job_of(own)
    if job is None or own.state not in AT_WORK.values():
        raise WrongState
    asked = jobs.request_cancel(actor=_system(actor), now=now, job=job)
    # One that waited is cancelled at once, and nobody else will tell the run.
    return _moved(own, RunState.STOPPED) if asked.is_finished else own


@operation
def continue_run(*, actor: Actor, now: datetime, run: InvoiceRun) -> InvoiceRun:
    """Go on where the work was stopped, or where it ended with its worker.

    Raises NotPermitted, WrongState while it goes on by itself.
    """
    permissions.require(actor, "issue_bills")
    own = locked_run(run.pk)
    job = job_of(own)
    if job is None or not is_idle(own, job):
        raise WrongState
    if own.state == RunState.STOPPED:
        _moved(own, AT_WORK[job.kind])
    jobs.resume_job(actor=_system(actor), now=now, job=job)
    return own


@operation
def drop_run(*, actor: Actor, now: datetime, run: InvoiceRun) -> InvoiceRun:
    """Drop its drafts: their charges can be billed again. What it issued stays issued.

    Raises NotPermitted, WrongState while somebody works on it.
    """
    permissions.require(actor, "issue_bills")
    own = locked_run(run.pk)
    if is_idle(own, job_of(own)) and own.state != RunState.STOPPED:
        _moved(own, RunState.STOPPED)
    if own.state not in (RunState.READY, RunState.STOPPED):
        raise WrongState
    rows = drafts_of(own).select_for_update(of=("self",)).order_by("pk")
    drafting.drop_all(list(rows))
    return _moved(own, RunState.DROPPED)


def job_of(run: InvoiceRun) -> Job | None:
    """The one that worked on it last."""
    return Job.objects.filter(pk=run.job_id).first() if run.job_id else None


def is_idle(run: InvoiceRun, job: Job | None) -> bool:
    """Whether its work was interrupted and can go on."""
    at_rest = run.state in (RunState.STOPPED, *AT_WORK.values())
    return at_rest and job is not None and job.is_resumable


def drafts_of(run: InvoiceRun) -> InvoiceQuerySet:
    return Invoice.objects.filter(run=run, state=InvoiceState.DRAFT)


def locked_run(run_id: int) -> InvoiceRun:
    """A run is locked before its bills."""
    return InvoiceRun.objects.select_for_update(of=("self",)).get(pk=run_id)


def _moved(run: InvoiceRun, state: RunState) -> InvoiceRun:
    run.move_to(state)
    return changed(run, {"state": state})


def _start(actor: Actor, now: datetime, run: InvoiceRun, kind: str) -> InvoiceRun:
    job = jobs.start_job(actor=actor, now=now, kind=kind, payload={"run_id": run.pk})
    return changed(run, {"job_id": job.pk})


def _system(actor: Actor) -> Actor:
    """The run's permission is asked already; whose job it is does not matter."""
    return replace(actor, user_id=None, roles=frozenset())
