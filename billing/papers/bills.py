"""A bill, or the paper of a deposit, as PDF in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import (
    ChargeKind,
    Fapiao,
    FapiaoState,
    Invoice,
    InvoiceLine,
    InvoiceState,
    InvoiceTax,
)
from billing.operations.numbering import as_printed
from billing.papers.bilingual import both, figure, in_words, names, price, trimmed, words
from billing.papers.paynow import paynow_payload
from billing.taxes import RateSum
from foundation.errors import Sentence, WrongState
from foundation.money import format_money
from foundation.pdf import render
from foundation.qr import qr_picture

TEXTS: dict[str, Sentence] = {
    "bill": _("Bill"),
    "deposit": _("Bill for a deposit"),
    "no_fapiao": _("This is a bill. It is not a fapiao."),
    "park": pgettext_lazy("side of a bill", "From"),
    "payer": pgettext_lazy("side of a bill", "To"),
    "registration": _("Unified Social Credit Code"),
    "number": _("Number"),
    "issued": pgettext_lazy("bill", "Issued on"),
    "due": _("Due on"),
    "currency": _("Currency"),
    "what": _("What for"),
    "period": _("Period from"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "rate": _("Tax rate"),
    "amount": _("Amount with tax"),
    "net": _("Without tax"),
    "tax": _("Tax"),
    "total": _("Total"),
    "in_words": _("In words"),
    "pay": _("How to pay"),
    "holder": _("Account holder"),
    "account": _("Account number"),
    "bank": pgettext_lazy("side of a bill", "Bank"),
    "swift": _("SWIFT"),
    "reference": _("Payment reference"),
    "name_it": _("Give this reference with the transfer, so that it finds the bill."),
    "no_account": _("Ask the park where to pay."),
    "scan": _("Scan with a banking app in Singapore"),
    "fapiao": _("Fapiao"),
    "fapiao_number": pgettext_lazy("fapiao", "Number"),
    "fapiao_title": pgettext_lazy("fapiao", "Title"),
    "tax_number": pgettext_lazy("fapiao", "Tax number"),
    "note": _("Note"),
}


def invoice_pdf(invoice: Invoice) -> bytes:
    """The paper of an issued bill, as it was frozen; its fapiao and its PayNow code (over what is
    open) as they are now.

    Raises WrongState for what is not issued, foundation.pdf.MissingFonts.
    """
    if invoice.state != InvoiceState.ISSUED:
        raise WrongState
    return render("billing/bill", bill_data(invoice), language="zh-hans")


def bill_data(own: Invoice) -> dict[str, Any]:
    """What the template prints: figures and dates ready to print."""
    payload = paynow_payload(own)
    return {
        "texts": words(TEXTS),
        "title": both(TEXTS["deposit" if own.is_deposit else "bill"]),
        "sides": [names(own.parties["park"]), names(own.parties["payer"])],
        "facts": [own.number, str(own.issued_on), str(own.due_on), own.currency],
        "lines": [line_cells(line, own.currency) for line in own.lines.order_by("position")],
        "taxes": [] if own.is_deposit else tax_cells(own.taxes.order_by("rate"), own.currency),
        "total": format_money(own.total, own.currency),
        "in_words": in_words(own.total, own.currency),
        "pay_to": own.parties["pay_to"],
        "reference": as_printed(own.reference),
        "paynow": payload and [qr_picture(payload), format_money(own.open_amount, own.currency)],
        "fapiao": _fapiao(own),
        "note": own.note,
    }


def line_cells(line: InvoiceLine, currency: str) -> dict[str, Any]:
    return {
        "kind": both(ChargeKind(line.kind).label),
        "what": line.what,
        "period": line.period.isoformat(),
        "quantity": f"{trimmed(line.quantity)} {line.unit}".strip(),
        "unit_price": price(line.unit_price, currency),
        "rate": f"{trimmed(line.tax_rate)} %",
        "amount": figure(line.amount, currency),
    }


def tax_cells(sums: Iterable[InvoiceTax | RateSum], currency: str) -> list[list[str]]:
    """Rate, sum without tax, tax, sum with it."""
    return [
        [
            f"{trimmed(row.rate)} %",
            *(figure(each, currency) for each in (row.net, row.tax, row.gross)),
        ]
        for row in sums
    ]


def _fapiao(own: Invoice) -> list[str] | None:
    """Number, title and tax number of the one that holds."""
    holds = [FapiaoState.ISSUED, FapiaoState.RED_REQUESTED]
    found = Fapiao.objects.filter(tenant_id=own.tenant_id, invoice=own, state__in=holds).first()
    return [found.number, found.title, found.tax_number] if found else None
