"""The PayNow code of a bill in Singapore dollars."""

from __future__ import annotations

from django.conf import settings

from billing.models import Invoice
from foundation import paynow


def paynow_payload(invoice: Invoice) -> str | None:
    """The text of the code that pays what is open on an issued bill; None where the park has no
    PayNow (settings.PARK_PAYNOW_UEN), the bill is in another currency or nothing is open."""
    uen = settings.PARK_PAYNOW_UEN
    if not uen or invoice.currency != paynow.CURRENCY or not invoice.reference:
        return None
    if invoice.open_amount <= 0:
        return None
    name = invoice.parties["park"]["name_en"]
    return paynow.payload(
        uen=uen, name=name, amount=invoice.open_amount, reference=invoice.reference
    )
