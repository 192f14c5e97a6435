"""Background work of trade, as backbone's jobs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter


def import_orders(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Run the import that ``job.payload`` names, in one transaction. Harmless to repeat."""
    from trade import operations

    with job.enter(), translation.override(_language(job)):
        done = operations.run_import(
            actor=job.actor,
            now=timezone.now(),
            import_id=job.payload["import_id"],
            all_or_nothing=job.payload.get("all_or_nothing", False),
            reporter=reporter,
        )
    return {"import_id": done.pk, **(done.result or {})}


def check_orders(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Check the file that ``job.payload`` names; the report is the job's result, and the rejected
    rows are kept as a file. Repeated, it writes another."""
    from trade import operations
    from trade.models import OrderImport
    from trade.wizard.reports import report_of

    with job.enter():
        related = OrderImport.objects.select_related("document", "mapping")
        own = related.get(tenant_id=job.tenant_id, pk=job.payload["import_id"])
        check = operations.check_import(
            actor=job.actor,
            now=timezone.now(),
            order_import=own,
            reporter=reporter,
            keep_rejected=True,
        )
        return report_of(check, own)


def export_orders(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Write the orders that ``job.payload`` describes to a file. Repeated, it writes another."""
    from trade.operations.exports import export_orders as write

    with job.enter():
        document = write(
            actor=job.actor,
            now=timezone.now(),
            wanted=job.payload,
            reporter=reporter,
            created_by_id=job.requested_by_id,
        )
    return {"document": document.pk}


def _language(job: Job) -> str | None:
    """Of whoever asked, for sentences that end up in a file."""
    return job.payload.get("language") or translation.get_language()
