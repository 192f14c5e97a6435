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
from learners.exports import write_learners
from learners.permissions import permissions
from learners.queries import LearnerFilter, filtered
from learners.tasks import EXPORT_JOB

EXPORTED = "learners.exported"
KEPT_DAYS = 7


@operation
def start_export(*, actor: Actor, now: datetime, wanted: dict[str, Any]) -> Job:
    """``wanted`` holds a LearnerFilter's values, ``kind`` and ``language``. Raises NotPermitted."""
    permissions.require(actor, "see_personal_data")
    return start_job(actor=actor, now=now, kind=EXPORT_JOB, payload=wanted)


@operation
def export_learners(
    *,
    actor: Actor,
    now: datetime,
    wanted: dict[str, Any],
    reporter: Reports,
    created_by_id: int | None = None,
) -> Document:
    """Write the learners that match to a file of the university, kept for KEPT_DAYS days."""
    permissions.require(actor, "see_personal_data")
    said = dict(wanted)
    kind, language = said.pop("kind"), said.pop("language")
    reporter.report(note="writing")
    rows = filtered(actor, LearnerFilter(**said)).order_by("number")
    return keep_export(
        actor=actor,
        now=now,
        write=lambda out: write_learners(out, kind, rows),
        language=language,
        name=f"learners.{kind}",
        purpose=EXPORTED,
        days=KEPT_DAYS,
        reporter=reporter,
        created_by_id=created_by_id,
    )
