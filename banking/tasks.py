"""Background work of bank statements, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from tenants.isolation.context import across_tenants

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter


def read_statement(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Read the file that ``job.payload`` names, in one transaction. Harmless to repeat."""
    from banking.operations import files

    with job.enter(), across_tenants("bank file of the park"):
        own = files.read_statement(
            actor=job.actor, now=timezone.now(), reporter=reporter, **job.payload
        )
    return {"file_id": own.pk, "state": own.state, "new": own.lines_new}


def page_of(job: Job) -> str:
    return reverse("admin:banking_statementfile_change", args=[job.payload["file_id"]])
