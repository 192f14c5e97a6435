"""Background work of the training centre, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from training.operations.evidence import write_pack

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter


def write_evidence(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Put the evidence of ``job.payload``'s session together. Repeated, it writes another."""
    with job.enter():
        document = write_pack(
            actor=job.actor,
            now=timezone.now(),
            reporter=reporter,
            created_by_id=job.requested_by_id,
            **job.payload,
        )
    return {"document": document.pk}
