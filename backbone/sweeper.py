"""Finds jobs that nobody works on any more, and jobs that no worker was told of."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone

from backbone.models import Job
from backbone.operations.jobs import requeue_lost_job
from backbone.progress import LOCK_KEY
from foundation.actors import Actor
from tenants.isolation.context import as_system, enter_tenant

# Held to the end of the transaction, so no worker takes the job up while it is judged.
TRY_LOCK = f"select pg_try_advisory_xact_lock({LOCK_KEY})"

logger = logging.getLogger(__name__)


def requeue_lost_jobs() -> int:
    """Queue jobs whose worker is gone; returns how many workers were gone."""
    with as_system():
        silent = Job.objects.silent(timezone.now())
        found = list(silent.order_by("pk").values_list("tenant_id", "pk"))
    return sum(_requeue_if_lost(tenant_id, job_id) for tenant_id, job_id in found)


def send_forgotten_jobs() -> int:
    """Tell the workers again of queued jobs that they seem not to know; returns how many."""
    with as_system():
        unsent = Job.objects.unsent(timezone.now())
        found = list(unsent.order_by("pk").values_list("tenant_id", "pk"))
    for tenant_id, job_id in found:
        with enter_tenant(tenant_id):
            send(job_id=job_id, tenant_id=tenant_id)
    return len(found)


def send(*, tenant_id: int, job_id: int) -> None:
    """Tell the workers of a queued job, inside a transaction as its organisation."""
    from backbone.tasks import run_job

    waiting = Job.objects.filter(tenant_id=tenant_id, pk=job_id, state="queued")
    if not waiting.exists():
        return
    run_job.apply_async(kwargs={"tenant_id": tenant_id, "job_id": job_id})
    waiting.update(sent_at=timezone.now())


def _requeue_if_lost(tenant_id: int, job_id: int) -> bool:
    with enter_tenant(tenant_id):
        if not _lock_is_free(job_id):
            return False  # silent, but alive: one long statement
        actor = Actor(user_id=None, tenant_id=tenant_id)
        job = requeue_lost_job(actor=actor, now=timezone.now(), job_id=job_id)
    logger.warning("job %s had lost its worker and is now %s", job.pk, job.state)
    return True


def _lock_is_free(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, {"job": job_id})
        return bool(cursor.fetchone()[0])
