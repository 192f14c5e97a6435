"""Documents of an application: the applicant brings, replaces, takes back and opens them."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from backbone.operations import delete_document, open_document, store_document
from backbone.operations.documents import nothing_left_behind
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from residency.checklist import lines_of
from residency.models import Application, ApplicationDocument, DocumentRequirement, Mark
from residency.operations.applicants import locked, refuse_uneditable
from tenants.kinds import Role

PURPOSE = "residency.application"
# Roles of the park that check applications, and that may be asked to review one.
READERS = frozenset({Role.OPERATIONS, Role.FINANCE, Role.COORDINATOR, Role.MEMBER})
LARGEST_BYTES = 20 * 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
# Judged from the bytes, whatever the name says.
TAKEN = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/webp",
        "application/vnd.ms-office",
        f"{OFFICE}wordprocessingml.document",
        f"{OFFICE}spreadsheetml.sheet",
        f"{OFFICE}presentationml.presentation",
    }
)


def bring_document(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    requirement: DocumentRequirement,
    file: IO[bytes] | Any,
    name: str,
) -> ApplicationDocument:
    """Keep a file for one line of the checklist, in the place of the one before.

    The line has to be looked at again. Raises WrongState while the park has the application,
    InvalidInput for a document that is not asked for, for an empty or too large file and for one
    that is neither a PDF, a picture nor an office document.
    """
    with nothing_left_behind():
        return _bring(
            actor=actor,
            now=now,
            application=application,
            requirement=requirement,
            file=file,
            name=name,
        )


@operation
def take_back_document(*, actor: Actor, now: datetime, row: ApplicationDocument) -> None:
    """Remove the file of one line. Raises WrongState while the park has the application."""
    found = locked(actor, row.application)
    refuse_uneditable(found)
    line = found.documents.select_for_update().get(pk=row.pk)
    _replace(actor, now, line, None)
    _touch(found, now)


@operation
def open_own_document(
    *, actor: Actor, now: datetime, application: Application, requirement_id: int
) -> tuple[Document, BinaryIO]:
    """What the applicant brought. Raises a DomainError (``not_found``) where there is nothing."""
    row = application.documents.filter(requirement_id=requirement_id).first()
    if not actor.is_system or row is None or row.file_id is None:
        raise DomainError(_("There is no such file."), code="not_found")
    return open_document(actor=actor, now=now, document_id=row.file_id)


@operation
def _bring(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    requirement: DocumentRequirement,
    file: Any,
    name: str,
) -> ApplicationDocument:
    found = locked(actor, application)
    refuse_uneditable(found)
    if requirement.pk not in {line.requirement.pk for line in lines_of(found, now)}:
        raise InvalidInput(_("This document is not asked for."), code="not_asked")
    stored = store_document(
        actor=actor, now=now, file=file, name=name, purpose=PURPOSE, limit=LARGEST_BYTES
    )
    if stored.content_type not in TAKEN:
        raise InvalidInput(
            _("Bring a PDF, a picture (JPEG, PNG, WebP) or an office document."),
            code="file_type",
        )
    row, _made = ApplicationDocument.objects.get_or_create(
        tenant_id=found.tenant_id, application=found, requirement=requirement
    )
    _replace(actor, now, row, stored)
    _touch(found, now)
    return row


def _replace(
    actor: Actor, now: datetime, row: ApplicationDocument, stored: Document | None
) -> None:
    before = row.file
    row.file, row.uploaded_at = stored, now if stored else None
    row.mark, row.reason, row.marked_by, row.marked_at = Mark.UNCHECKED, "", None, None
    row.save()
    if before is not None:
        delete_document(actor=actor, now=now, document=before)


def _touch(application: Application, now: datetime) -> None:
    application.seen_at = now
    application.save(update_fields=["seen_at"])
