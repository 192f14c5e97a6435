"""What a worker does with a job, from taking it up to telling its owner how it ended."""

from __future__ import annotations

import logging
from typing import Any

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.jobs import JobCancelled, registered
from backbone.models import Job
from backbone.operations.jobs import claim_job, fail_job, stop_job, succeed_job
from backbone.progress import LostJob, Reporter
from foundation.actors import Actor
from foundation.refs import ref_of
from tenants.isolation.context import enter_tenant

BROKEN = _(
    "Something went wrong on our side; nothing was half done. If it happens again, tell the "
    "park this number: %(request_id)s"
)

logger = logging.getLogger(__name__)


def perform(*, tenant_id: int, job_id: int) -> None:
    """Run the job unless another worker has it or there is nothing left to do.

    Raises a DomainError for a job that the organisation does not have.
    """
    with Reporter(tenant_id=tenant_id, job_id=job_id) as reporter:
        job = _claim(tenant_id, job_id) if reporter.locked else None
        if job is None:
            return
        number = job.request_id or f"job-{ref_of(job.pk, 'job')}"
        with structlog.contextvars.bound_contextvars(request_id=number, job_id=job.pk):
            _run(job, reporter, number)


def _claim(tenant_id: int, job_id: int) -> Job | None:
    actor = Actor(user_id=None, tenant_id=tenant_id)
    with enter_tenant(tenant_id):
        return claim_job(actor=actor, now=timezone.now(), job_id=job_id)


def _run(job: Job, reporter: Reporter, number: str) -> None:
    try:
        result = registered(job.kind).handler(job, reporter)
    except JobCancelled:
        _finish(stop_job, job)
    except LostJob:
        logger.warning("the job was taken from this worker; the sweeper decides")
    except Exception as error:  # noqa: BLE001  whatever it was, somebody waits for the outcome
        _fail(job, error, number)
    else:
        _finish(succeed_job, job, result=result or {})


def _fail(job: Job, error: Exception, number: str) -> None:
    message = getattr(error, "message", None)
    if message:
        code, params = getattr(error, "code", "refused"), getattr(error, "params", None)
        _finish(fail_job, job, code=code, message=message, params=params)
        return
    logger.error("a job broke", exc_info=error)
    _finish(fail_job, job, code="broken", message=BROKEN, params={"request_id": number})


def _finish(operation: Any, job: Job, **outcome: Any) -> None:
    with job.enter_to_settle():
        operation(actor=job.actor, now=timezone.now(), job=job, **outcome)
