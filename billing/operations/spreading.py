"""What a bill's payments, credits and write-offs mean for the charges on it.

Credits belong to their line; payments and write-offs settle the lines in the order of the bill.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.models import Charge, ChargeState, Invoice, InvoiceLine

ZERO = Decimal(0)


def spread(invoice: Invoice, on: date, note: str) -> None:
    """Bring the charges of a locked bill to what is settled of them. ``note`` says by what."""
    money = invoice.paid + invoice.written_off
    changed = []
    for line in _lines(invoice):
        by_money = min(money, line.left_to_credit)
        money -= by_money
        if _bring(line.charge, line, by_money, on, note):
            changed.append(line.charge)
    Charge.objects.bulk_update(changed, ["settled", "state", "closed_on", "note"])


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    rows = InvoiceLine.objects.filter(tenant_id=invoice.tenant_id, invoice=invoice)
    return list(rows.select_related("charge").order_by("position"))


def _bring(charge: Charge, line: InvoiceLine, by_money: Decimal, on: date, note: str) -> bool:
    state, settled = ChargeState.OPEN, line.credited + by_money
    if line.credited == line.amount:
        state, settled = ChargeState.WAIVED, ZERO
    elif settled == line.amount:
        state = ChargeState.SETTLED
    if (charge.state, charge.settled) == (state, settled):
        return False
    if charge.state != state:
        charge.move_to(state)
        closed = state != ChargeState.OPEN
        charge.closed_on, charge.note = (on, note[:500]) if closed else (None, "")
    charge.settled = settled
    return True
