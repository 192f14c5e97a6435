"""Starting, cancelling and resuming jobs, and what their workers do to them.

People call ``start_job``, ``request_cancel`` and ``resume_job``; the others belong to the
worker (``backbone.runner``) and the sweeper, which act as the system.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.jobs import registered
from backbone.models.jobs import MAX_TRIES, Job, JobState
from backbone.operations.outbox import enqueue
from backbone.operations.telling import tell_requester
from backbone.permissions import permissions
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted, Sentence, WrongState
from foundation.operations import operation

WORKER_LOST = _("The work was interrupted several times. Resume it, or ask the park for help.")


@operation
def start_job(*, actor: Actor, now: datetime, kind: str, payload: dict[str, Any]) -> Job:
    """Queue background work of a registered ``kind`` for the actor's organisation.

    ``payload`` holds ids and choices. The caller has asked its own permission table. A worker
    is told once the transaction is committed. Raises UnknownKind.
    """
    registered(kind)
    job = Job.objects.create(
        tenant_id=actor.tenant_id,
        kind=kind,
        payload=payload,
        requested_by_id=actor.user_id,
        requested_by_key_id=actor.key_id,
        request_id=actor.request_id,
        queued_at=now,
    )
    _send(job, actor, now)
    return job


@operation
def request_cancel(*, actor: Actor, now: datetime, job: Job) -> Job:
    """Cancel a waiting job at once, ask a running one to stop at its next slice.

    Raises NotPermitted for a colleague's job without the role, WrongState when it is finished.
    """
    job = _locked(actor, job.pk)
    _require_manages(actor, job)
    if job.is_finished:
        raise WrongState
    job.cancel_requested_at = job.cancel_requested_at or now
    if job.state == JobState.QUEUED:
        _finish(job, JobState.CANCELLED, now)
    job.save()
    return job


@operation
def resume_job(*, actor: Actor, now: datetime, job: Job) -> Job:
    """Queue a failed or cancelled job again, with all its tries.

    Raises NotPermitted for a colleague's job without the role, WrongState in another state.
    """
    job = _locked(actor, job.pk)
    _require_manages(actor, job)
    _queue_again(job, now)
    job.tries = 0
    job.done = job.total = 0
    job.note = ""
    job.save()
    _send(job, actor, now)
    return job


@operation
def claim_job(*, actor: Actor, now: datetime, job_id: int) -> Job | None:
    """Take up a job whose advisory lock the caller holds; None when there is nothing to do.

    A job found running has lost its worker, since the lock was free: it is taken over, and
    fails when that happened MAX_TRIES times. Raises a DomainError with the code ``not_found``
    for a job that the actor's organisation does not have: whoever sent it was wrong.
    """
    job = _locked(actor, job_id)
    if job.is_finished:
        return None
    if job.state == JobState.RUNNING and not _may_go_on(job, now):
        return None
    if job.state == JobState.QUEUED:
        job.move_to(JobState.RUNNING)
    job.tries += 1
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.save()
    return job


@operation
def requeue_lost_job(*, actor: Actor, now: datetime, job_id: int) -> Job:
    """Queue a running job whose worker is gone; the caller has found its lock free.

    Fails it after MAX_TRIES, cancels it when that was asked for.
    """
    job = _locked(actor, job_id)
    if job.state == JobState.RUNNING and _may_go_on(job, now):
        _queue_again(job, now)
        job.save()
        _send(job, actor, now)
    return job


@operation
def succeed_job(*, actor: Actor, now: datetime, job: Job, result: dict[str, Any]) -> Job:
    """The handler returned ``result``."""
    job = _locked(actor, job.pk)
    job.result = result
    job.done = job.total
    job.note = ""
    _finish(job, JobState.SUCCEEDED, now)
    job.save()
    tell_requester(job, actor, now)
    return job


@operation
def fail_job(
    *, actor: Actor, now: datetime, job: Job, code: str, message: Sentence, params: Any = None
) -> Job:
    """The handler refused or broke; ``message`` is for the person who waits."""
    job = _locked(actor, job.pk)
    _fail(job, now, code, message, params)
    job.save()
    tell_requester(job, actor, now)
    return job


@operation
def stop_job(*, actor: Actor, now: datetime, job: Job) -> Job:
    """The handler stopped because somebody had asked."""
    job = _locked(actor, job.pk)
    _finish(job, JobState.CANCELLED, now)
    job.save()
    return job


def _locked(actor: Actor, job_id: int) -> Job:
    """The job under a lock; a stranger's is not found, in the same words as one not there."""
    job = Job.objects.select_for_update().filter(tenant_id=actor.tenant_id, pk=job_id).first()
    if job is None:
        raise DomainError(_("There is no such job."), code="not_found")
    return job


def may_manage(actor: Actor, job: Job) -> bool:
    """Whether the actor may cancel and resume the job: their own, or a colleague's as a lead."""
    return job.was_asked_by(actor) or permissions.permits(actor, "manage_jobs_of_colleagues")


def _require_manages(actor: Actor, job: Job) -> None:
    if not may_manage(actor, job):
        raise NotPermitted


def _may_go_on(job: Job, now: datetime) -> bool:
    """Whether a job that lost its worker runs again; settles it where not."""
    if job.cancel_requested_at:
        _finish(job, JobState.CANCELLED, now)
    elif job.tries >= MAX_TRIES:
        _fail(job, now, "worker_lost", WORKER_LOST)
        tell_requester(job, Actor(user_id=None, tenant_id=job.tenant_id), now)
    else:
        return True
    job.save()
    return False


def _queue_again(job: Job, now: datetime) -> None:
    job.move_to(JobState.QUEUED)
    job.times_queued += 1
    job.queued_at = now
    job.sent_at = job.finished_at = job.cancel_requested_at = None
    job.error_code, job.error = "", {}


def _finish(job: Job, state: str, now: datetime) -> None:
    job.move_to(state)
    job.finished_at = now


def _fail(job: Job, now: datetime, code: str, message: Sentence, params: Any = None) -> None:
    job.error_code = code
    job.error = in_every_language(message, params)
    _finish(job, JobState.FAILED, now)


def _send(job: Job, actor: Actor, now: datetime) -> None:
    enqueue(
        actor=actor,
        now=now,
        kind="job.run",
        payload={"job_id": job.pk},
        key=f"job.run:{job.pk}:{job.times_queued}",
    )
