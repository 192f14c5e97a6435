"""Background work of the register, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter

EXPORT_JOB = "learners.export"


def export_learners(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Write the learners that ``job.payload`` describes. Repeated, it writes another file."""
    from learners.operations.exports import export_learners as write

    with job.enter():
        document = write(
            actor=job.actor,
            now=timezone.now(),
            wanted=job.payload,
            reporter=reporter,
            created_by_id=job.requested_by_id,
        )
    return {"document": document.pk}
