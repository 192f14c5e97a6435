"""A credit note as PDF in both languages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote
from billing.papers.bilingual import figure, in_words, names, words
from billing.papers.bills import TEXTS as OF_BILLS
from billing.papers.bills import line_cells
from foundation.errors import Sentence
from foundation.money import format_money
from foundation.pdf import render

TEXTS: dict[str, Sentence] = {
    "title": _("Credit note"),
    "no_fapiao": _("This corrects a bill. It is not a fapiao, and not a red one."),
    "bill": _("Corrects bill"),
    "reason": _("Reason"),
    "credited": _("Credited, with tax"),
    "tax": _("Tax in it"),
    "total": _("Total credited"),
} | {
    name: OF_BILLS[name]
    for name in ("park", "payer", "registration", "number", "issued", "currency", "what", "period", "rate", "amount", "in_words")
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
        "tax": figure(own.tax, own.currency),
        "total": format_money(own.total, own.currency),
        "in_words": in_words(own.total, own.currency),
    }
