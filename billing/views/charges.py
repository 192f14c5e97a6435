"""What the organisation owes the park."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backbone.paging import page_of
from billing.models import Charge, ChargeState, Invoice, InvoiceLine, InvoiceState
from billing.permissions import permissions
from billing.queries import as_text, totals

TONES = {ChargeState.SETTLED: "success", ChargeState.WAIVED: "neutral"}


@require_safe
def charges(request: Any) -> HttpResponse:
    """All of them, newest first, with the sum of those that are open."""
    permissions.require(request.actor, "read_charges")
    own = Charge.objects.visible_to(request.actor)
    today = timezone.localdate()
    page = page_of(own, request.GET)
    bills = _bills_of(page.rows)
    late = own.open().filter(due_on__lt=today)
    context = {
        "page": page,
        "rows": [
            (row, bills.get(row.pk), _tone(row, today), row.is_overdue(today)) for row in page.rows
        ],
        "open": as_text(totals(own.open())),
        "overdue": as_text(totals(late)) if late.exists() else "",
    }
    return render(request, "billing/charges.html", context)


def _bills_of(rows: list[Charge]) -> dict[int, Invoice]:
    """The issued bill of each charge that is on one."""
    owners = {row.tenant_id for row in rows}
    lines = InvoiceLine.objects.filter(tenant_id__in=owners, charge__in=rows)
    issued = lines.filter(invoice__state=InvoiceState.ISSUED).select_related("invoice")
    return {line.charge_id: line.invoice for line in issued}


def _tone(row: Charge, today: Any) -> str:
    if row.is_overdue(today):
        return "danger"
    return TONES.get(ChargeState(row.state), "warning")
