"""Where the report of a check comes from: the cache, a check now, or a job that was at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backbone.models import Document, Job
from backbone.models.jobs import JobState
from foundation.actors import Actor
from foundation.tables.errors import TableError
from tenants.isolation import tenant_cache
from trade import operations
from trade.models import OrderImport
from trade.operations.checks import start_check
from trade.wizard.reports import is_small, latest_check_job, reading_of, report_of, shown

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Found:
    """The report, or the job that will have it; neither for a large file nobody had checked."""

    report: dict[str, Any] | None = None
    job: Job | None = None


def prepare(actor: Actor, now: datetime, order_import: OrderImport) -> None:
    """Start the check of a file that is too large for a page to wait for.

    One that is at it, or has ended, is enough; one that failed or was stopped starts again.
    """
    if order_import.mapping is None or is_small(order_import):
        return
    job = latest_check_job(order_import, reading_of(order_import))
    if job is None or job.is_resumable:
        start_check(actor=actor, now=now, order_import=order_import)


def find(actor: Actor, now: datetime, order_import: OrderImport) -> Found:
    """Changes nothing. Raises TableError where the file cannot be read as it was chosen."""
    reading = reading_of(order_import)
    key = f"trade.check:{reading}"
    report = tenant_cache.get(key)
    if report is None and is_small(order_import):
        check = operations.check_import(actor=actor, now=now, order_import=order_import)
        report = report_of(check, order_import)
    if report is None:
        job = latest_check_job(order_import, reading)
        if job is None or job.state == JobState.CANCELLED:
            return Found()
        if job.state == JobState.FAILED:
            raise TableError(job.error_code, job.reason)
        if job.state != JobState.SUCCEEDED:
            return Found(job=job)
        report = job.result
    tenant_cache.set(key, report, seconds=KEPT_SECONDS)
    return Found(report=shown(report))


def kept_rejected(actor: Actor, now: datetime, order_import: OrderImport) -> Document | None:
    """The file of rejected rows that the check of a large file left, until its last day."""
    report = find(actor, now, order_import).report or {}
    key = report.get("rejected_document")
    return Document.objects.visible_to(actor).filter(pk=key).first() if key else None


def earlier_import(actor: Actor, order_import: OrderImport) -> OrderImport | None:
    """A finished import of the very same bytes."""
    same = OrderImport.objects.visible_to(actor).filter(
        document__sha256=order_import.document.sha256, finished_at__isnull=False
    )
    return same.exclude(pk=order_import.pk).order_by("-finished_at").first()
