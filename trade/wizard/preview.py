"""Where the report of a check comes from: the cache, a check now, or a job that is at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backbone.models import Job
from backbone.models.jobs import JobState
from foundation.actors import Actor
from foundation.tables.errors import TableError
from tenants.isolation import tenant_cache
from trade import operations
from trade.models import OrderImport
from trade.wizard.reports import is_small, latest_check_job, reading_of, report_of, shown

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Found:
    """The report, or the job that will have it."""

    report: dict[str, Any] | None = None
    job: Job | None = None


def find(
    actor: Actor, now: datetime, order_import: OrderImport, start: Callable[..., Job]
) -> Found:
    """Raises TableError where the file cannot be read as it was chosen."""
    reading = reading_of(order_import)
    key = f"trade.check:{reading}"
    report = tenant_cache.get(key)
    if report is None and is_small(order_import):
        check = operations.check_import(actor=actor, now=now, order_import=order_import)
        report = report_of(check, order_import)
    if report is None:
        job = latest_check_job(order_import, reading) or start(
            actor=actor, now=now, order_import=order_import
        )
        if job.state == JobState.FAILED:
            raise TableError(job.error_code, job.reason)
        if job.state != JobState.SUCCEEDED:
            return Found(job=job)
        report = job.result
    tenant_cache.set(key, report, seconds=KEPT_SECONDS)
    return Found(report=shown(report))


def earlier_import(actor: Actor, order_import: OrderImport) -> OrderImport | None:
    """A finished import of the very same bytes."""
    same = OrderImport.objects.visible_to(actor).filter(
        document__sha256=order_import.document.sha256, finished_at__isnull=False
    )
    return same.exclude(pk=order_import.pk).order_by("-finished_at").first()
