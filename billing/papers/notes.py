"""A credit note as PDF in both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote, CreditNoteLine, InvoiceTax
from billing.papers.bilingual import figure, in_words, names, words
from billing.papers.bills import TEXTS as OF_BILLS
from billing.papers.bills import line_cells, tax_cells
from billing.taxes import ZERO, RateSum, tax_to_credit
from foundation.errors import Sentence
from foundation.money import format_money
from foundation.pdf import render

TEXTS: dict[str, Sentence] = {
    "title": _("Credit note"),
    "no_fapiao": _("This corrects a bill. It is not a fapiao, and not a red one."),
    "bill": _("Corrects bill"),
    "reason": _("Reason"),
    "credited": _("Credited, with tax"),
    "total": _("Total credited"),
} | {
    name: OF_BILLS[name]
    for name in ("park", "payer", "registration", "number", "issued", "currency", "what", "period", "rate", "amount", "net", "tax", "in_words")
}  # fmt: skip


def credit_note_pdf(note: CreditNote) -> bytes:
    """Sides as they stand on the bill that it corrects. Raises foundation.pdf.MissingFonts."""
    return render("billing/note", note_data(note), language="zh-hans")


def note_data(own: CreditNote) -> dict[str, Any]:
    """What the template prints: figures and dates ready to print."""
    bill = own.invoice
    return {
        "texts": words(TEXTS),
        "sides": [names(bill.parties["park"]), names(bill.parties["payer"])],
        "facts": [own.number, str(own.issued_on), own.currency],
        "bill": [bill.number, str(bill.issued_on)],
        "reason": own.reason,
        "lines": [
            line_cells(row.line, own.currency) | {"credited": figure(row.amount, own.currency)}
            for row in own.lines.select_related("line").order_by("line__position")
        ],
        "taxes": [] if bill.is_deposit else tax_cells(taxes_of(own), own.currency),
        "total": format_money(own.total, own.currency),
        "in_words": in_words(own.total, own.currency),
    }


def taxes_of(own: CreditNote) -> list[RateSum]:
    """What of each rate the note takes back, with its tax as it was drawn out when it was issued:
    on top of the bill's notes before it, rounded half up on what they come to together."""
    bill = InvoiceTax.objects.filter(tenant_id=own.tenant_id, invoice=own.invoice_id)
    credited = _credited_by_rate(own)
    found = []
    for row in bill.order_by("rate"):
        before, more = credited.get(row.rate, (ZERO, ZERO))
        if more:
            tax = tax_to_credit(row.gross, row.tax, before, more, row.rate, own.currency)
            found.append(RateSum(row.rate, more, tax))
    return found


def _credited_by_rate(own: CreditNote) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """By notes of the bill before this one, and by this one."""
    rows = CreditNoteLine.objects.filter(
        tenant_id=own.tenant_id, note__invoice=own.invoice_id, note__lte=own.pk
    )
    sums = rows.values_list("line__tax_rate").annotate(
        before=Sum("amount", filter=~Q(note=own.pk), default=ZERO),
        more=Sum("amount", filter=Q(note=own.pk), default=ZERO),
    )
    return {rate: (before, more) for rate, before, more in sums.order_by()}
