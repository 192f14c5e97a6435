"""The documents of an application: what is asked for, what was brought, how it was marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from residency.models import Application, ApplicationDocument, DocumentRequirement, Mark

OPEN_MARKS = frozenset({Mark.MISSING, Mark.INVALID})


@dataclass(frozen=True, slots=True)
class Line:
    """``row`` is None while nothing was brought and nobody looked."""

    requirement: DocumentRequirement
    row: ApplicationDocument | None

    @property
    def has_file(self) -> bool:
        return self.row is not None and self.row.file_id is not None

    @property
    def mark(self) -> str:
        return self.row.mark if self.row else Mark.UNCHECKED

    @property
    def is_faulty(self) -> bool:
        return self.mark in OPEN_MARKS


def requirements_of(application: Application, now: datetime) -> Sequence[DocumentRequirement]:
    today = timezone.localdate(now)
    asked = Q(withdrawn_on=None) | Q(withdrawn_on__gt=today)
    return list(
        DocumentRequirement.objects.filter(
            asked, tenant_id=application.tenant_id, kind=application.kind
        )
    )


def lines_of(application: Application, now: datetime) -> list[Line]:
    """What is asked of this kind today, and what was brought when more was asked."""
    brought = {
        row.requirement_id: row
        for row in application.documents.select_related("requirement", "file")
    }
    asked = {requirement.pk: requirement for requirement in requirements_of(application, now)}
    more = {row.requirement_id: row.requirement for row in brought.values()}
    every = sorted((asked | more).values(), key=lambda each: (each.position, each.pk))
    return [Line(each, brought.get(each.pk)) for each in every]


def is_missing(line: Line) -> bool:
    """Whether it keeps an application from being submitted: no file, or one found faulty."""
    if line.has_file:
        return line.is_faulty
    return line.requirement.is_required or line.mark == Mark.MISSING


def add_lines(application: Application, now: datetime) -> None:
    """A row for each document asked for, so that each can be marked."""
    rows = [
        ApplicationDocument(
            tenant_id=application.tenant_id, application=application, requirement=requirement
        )
        for requirement in requirements_of(application, now)
    ]
    ApplicationDocument.objects.bulk_create(rows, ignore_conflicts=True)


def are_complete(application: Application) -> bool:
    """Whether the review may begin: what is required is complete, nothing else is faulty."""
    for row in application.documents.select_related("requirement"):
        if row.mark in OPEN_MARKS:
            return False
        if row.mark != Mark.COMPLETE and (row.requirement.is_required or row.file_id):
            return False
    return True
