"""Bills, payments and fapiao as their reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.models import FapiaoState, Invoice, PaymentOutcome, PaymentState

# States of payments and of fapiao have no word in common.
TONES: dict[str, str] = {
    PaymentState.OPEN: "warning",
    PaymentState.PARTLY: "warning",
    PaymentState.PAID: "success",
    PaymentState.CREDITED: "neutral",
    PaymentOutcome.PENDING: "info",
    PaymentOutcome.UNKNOWN: "warning",
    PaymentOutcome.SUCCEEDED: "success",
    PaymentOutcome.FAILED: "danger",
    PaymentOutcome.RETURNED: "neutral",
    FapiaoState.REQUESTED: "info",
    FapiaoState.ISSUED: "success",
    FapiaoState.RED_REQUESTED: "warning",
    FapiaoState.RED_ISSUED: "neutral",
}


def tone_of(bill: Invoice, today: date) -> str:
    return "danger" if bill.is_overdue(today) else TONES[bill.payment_state]


@dataclass(frozen=True, slots=True)
class PayTo:
    """The account that the bill names; what is blank is not shown."""

    holder: str
    number: str
    bank: str
    swift: str


def pay_to(bill: Invoice) -> PayTo | None:
    """None for a bill with nothing open, or issued when the park had no such account."""
    account = bill.parties.get("pay_to")
    if not account or not bill.open_amount:
        return None
    return PayTo(*(str(account.get(name) or "") for name in PayTo.__slots__))
