"""Asking for the evidence of a session, and making it."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.utils.translation import gettext_noop

from backbone.models import Document, Job
from backbone.operations.exports import keep_export
from backbone.operations.jobs import start_job
from backbone.progress import Reports
from foundation.actors import Actor
from foundation.operations import operation
from tenants.isolation.context import across_tenants
from training.evidence_pack import Pack
from training.models import Session
from training.permissions import permissions

EVIDENCE_JOB, PURPOSE = "training.evidence", "training.evidence"
PACKED = gettext_noop("evidence pack of a session")
KEPT_DAYS = 30
SHOWN = 5


@operation
def start_pack(*, actor: Actor, now: datetime, session: Session, language: str) -> Job:
    """Put the evidence together in the background, in one language. Raises NotPermitted."""
    permissions.require(actor, "mark_attendance")
    payload = {"session_id": session.pk, "language": language}
    return start_job(actor=actor, now=now, kind=EVIDENCE_JOB, payload=payload)


@operation
def write_pack(
    *,
    actor: Actor,
    now: datetime,
    session_id: int,
    language: str,
    reporter: Reports,
    created_by_id: int | None = None,
) -> Document:
    """Write the archive and keep it for the park, for KEPT_DAYS days. Reads the seats of all
    organisations in the session."""
    permissions.require(actor, "mark_attendance")
    with across_tenants(PACKED):
        session = Session.objects.select_related("course").get(pk=session_id)

    def write(out: IO[bytes]) -> None:
        with across_tenants(PACKED):
            Pack(session).write(out, now, reporter)

    return keep_export(
        actor=actor,
        now=now,
        write=write,
        language=language,
        name=f"{session.code}-evidence.zip",
        purpose=PURPOSE,
        days=KEPT_DAYS,
        reporter=reporter,
        created_by_id=created_by_id,
    )


def packs_of(actor: Actor, session: Session) -> list[Job]:
    """The last that were asked for, newest first."""
    own = Job.objects.filter(
        tenant_id=actor.tenant_id, kind=EVIDENCE_JOB, payload__session_id=session.pk
    )
    return list(own.select_related("tenant").order_by("-pk")[:SHOWN])
