"""Background work of trade, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter


def import_orders(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Run the import that ``job.payload`` names, in one transaction. Harmless to repeat."""
    from trade import operations

    with job.enter():
        done = operations.run_import(
            actor=job.actor,
            now=timezone.now(),
            import_id=job.payload["import_id"],
            reporter=reporter,
        )
    return {"import_id": done.pk, **(done.result or {})}
