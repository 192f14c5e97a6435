"""Background work of certificates, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter

ARCHIVE_JOB = "certificates.archive"


def write_archive(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Put the certificates that ``job.payload`` describes together. Repeated, it writes another."""
    from certificates.operations.archives import write_archive as write

    with job.enter():
        document = write(
            actor=job.actor,
            now=timezone.now(),
            wanted=job.payload,
            reporter=reporter,
            created_by_id=job.requested_by_id,
        )
    return {"document": document.pk}
