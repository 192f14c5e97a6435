"""What is left owing when a lease is settled, against what is left of its money: unused rent is
credited, the deposit becomes credit of the organisation, and both go to the lease's bills.

Where a bill has charges of other things too, neither more of it is paid than what the lease owes
there, nor does what was paid of the lease's rent stay on it for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing.models import Charge, ChargeKind, InvoiceLine, InvoiceState, Payment
from billing.operations import crediting, deposits, drafting, issuing, paying
from billing.operations.charging import waive_all
from billing.operations.rows import lock_invoice
from leasing.models import Lease
from leasing.operations import charging
from leasing.operations.rows import by_park
from leasing.settling import Proposal

ZERO = Decimal(0)
# What stands at papers, which both sides read in their own language: numbers, no words.
SET_OFF = "⇄ {number}"

# A payment, and how much of it is free to be put to bills.
Money = tuple[Payment, Decimal]


def set_off(lease: Lease, now: datetime, found: Proposal) -> None:
    """The deposit pays what is owed, as far as it goes; the rest of it, and of rent that was paid
    and not used, is the organisation's credit, to be paid back."""
    bill_what_is_open(lease, now)
    money = credit_unused(lease, now, found.unused_rent)
    if found.deposit:
        released = deposits.release(
            by_park(lease), now, lease.tenant, found.deposit, lease.currency, said(lease)
        )
        money.append((released, found.deposit - found.refund))
    pay(lease, now, money)


def make_way(lease: Lease, now: datetime) -> None:
    """Another lease goes on from this one: rent of days that are that one's now comes back to the
    organisation, and what is not paid of the deposit is asked for with that one."""
    let_go_of_deposit(lease, now)
    waive_later_rent(lease, now)
    if unused := charging.unused_rent(lease):
        bill_what_is_open(lease, now)
        pay(lease, now, credit_unused(lease, now, unused))


def waive_later_rent(lease: Lease, now: datetime) -> None:
    later = charging.rents(lease).open().filter(period__gt=lease.last_on)
    waive_all(actor=by_park(lease), now=now, charges=later, reason=f"≤ {lease.last_on}")


def said(lease: Lease) -> str:
    return SET_OFF.format(number=lease.number)


def bill_what_is_open(lease: Lease, now: datetime) -> None:
    """On one bill, whatever is on none yet. Drafts of it are taken apart."""
    rows = Charge.objects.filter(pk__in=[row.pk for row in _open(lease)])
    for row in rows.filter(lines__invoice__state=InvoiceState.DRAFT):
        drafting.take_off_of(row)
    if left := list(rows.to_bill()):
        issuing.bill(by_park(lease), now, lease.tenant, left)


def let_go_of_deposit(lease: Lease, now: datetime) -> None:
    """What is not paid of it is not asked for any more; what is paid stays with the park."""
    for row in charging.charges_of(charging.chain(lease)):
        if row.kind == ChargeKind.DEPOSIT and row.open_amount:
            _let_go(lease, row, now)


def _let_go(lease: Lease, row: Charge, now: datetime) -> None:
    if row.settled:
        (line,) = InvoiceLine.objects.filter(tenant_id=lease.tenant_id, charge=row)
        _credit(lease, line, row.open_amount, now, said(lease))
    else:
        waive_all(actor=by_park(lease), now=now, charges=[row], reason=said(lease))


def credit_unused(lease: Lease, now: datetime, unused: Decimal) -> list[Money]:
    """Credit notes over the newest rent, until ``unused`` is credited. Gives the payments that
    had paid it, each with what came free."""
    before = _credit_of(lease)
    for line in _rent_lines(lease):
        if amount := min(unused, line.left_to_credit):
            _credit(lease, line, amount, now, f"≤ {lease.last_on}")
            unused -= amount
    after = _credit_of(lease)
    found = [(row, row.credit - before[key].credit) for key, row in after.items()]
    return [(row, free) for row, free in found if free]


def _rent_lines(lease: Lease) -> list[InvoiceLine]:
    rows = InvoiceLine.objects.filter(
        tenant_id=lease.tenant_id,
        charge__in=charging.rents(lease),
        invoice__state=InvoiceState.ISSUED,
    )
    return list(rows.order_by("-period", "-pk"))


def _credit(lease: Lease, line: InvoiceLine, amount: Decimal, now: datetime, reason: str) -> None:
    """What the line's own charge still owes of ``amount`` falls away; the rest of it was paid, and
    comes back whatever else is open on the bill."""
    actor = by_park(lease)
    bill = lock_invoice(actor, line.invoice)
    was_paid = max(amount - Charge.objects.get(pk=line.charge_id).open_amount, ZERO)
    if was_paid:
        paying.free(actor, now, bill, bill.open_amount + was_paid)
    crediting.credit_lines(actor, now, bill, {line.pk: amount}, reason)


def _credit_of(lease: Lease) -> dict[int, Payment]:
    rows = Payment.objects.filter(tenant_id=lease.tenant_id, currency=lease.currency)
    return {row.pk: row for row in rows.order_by("pk")}


def pay(lease: Lease, now: datetime, money: list[Money]) -> None:
    """What is free of each payment goes to the lease's bills, as they come due."""
    actor, on = by_park(lease), timezone.localdate(now)
    owed = _owed(lease)
    for payment, amount in money:
        for key, share in _shares(owed, amount):
            paying.apply_to(actor, now, payment, {key: share}, on)
            owed[key] -= share


def _shares(owed: dict[int, Decimal], amount: Decimal) -> Iterator[tuple[int, Decimal]]:
    for key, open_amount in list(owed.items()):
        if share := min(amount, open_amount):
            yield key, share
            amount -= share


def _owed(lease: Lease) -> dict[int, Decimal]:
    """What the lease owes on each bill by its key, in the order in which they come due."""
    rows = InvoiceLine.objects.filter(tenant_id=lease.tenant_id, charge__in=_open(lease))
    found: dict[int, Decimal] = {}
    for line in rows.select_related("charge").order_by("invoice__due_on", "invoice", "position"):
        owed = found.get(line.invoice_id, ZERO)
        found[line.invoice_id] = owed + line.charge.open_amount
    return found


def _open(lease: Lease) -> list[Charge]:
    rows = charging.charges_of(charging.chain(lease))
    return [row for row in rows if row.open_amount and row.kind != ChargeKind.DEPOSIT]
