"""Exports too large for a page: made by a job, kept for a while, told by a notice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backbone.models import Document, Job
from backbone.operations.exports import keep_export
from backbone.operations.jobs import start_job
from backbone.progress import Reports
from foundation.actors import Actor
from foundation.operations import operation
from foundation.periods import parse
from trade.exports import write_orders
from trade.permissions import permissions
from trade.queries.orders import OrderFilter, filtered

EXPORT_JOB = "trade.export_orders"
EXPORTED = "trade.exported_orders"
KEPT_DAYS = 30


@operation
def start_export(*, actor: Actor, now: datetime, wanted: dict[str, Any]) -> Job:
    """``wanted`` holds an OrderFilter's values with the period as text, ``kind`` and ``language``."""
    permissions.require(actor, "see_orders")
    return start_job(actor=actor, now=now, kind=EXPORT_JOB, payload=wanted)


@operation
def export_orders(
    *,
    actor: Actor,
    now: datetime,
    wanted: dict[str, Any],
    reporter: Reports,
    created_by_id: int | None = None,
) -> Document:
    """Write the orders that match to a file of the organisation; kept for KEPT_DAYS days."""
    permissions.require(actor, "see_orders")
    said = dict(wanted)
    kind, language = said.pop("kind"), said.pop("language")
    filter_ = OrderFilter(**said | {"period": parse(said["period"])})
    reporter.report(note="writing")
    rows = filtered(actor, filter_).order_by("-ordered_on", "-pk")
    return keep_export(
        actor=actor,
        now=now,
        write=lambda out: write_orders(out, kind, rows),
        language=language,
        name=f"orders-{filter_.period}.{kind}",
        purpose=EXPORTED,
        days=KEPT_DAYS,
        reporter=reporter,
        created_by_id=created_by_id,
    )
