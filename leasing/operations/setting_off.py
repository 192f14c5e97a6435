"""What is left owing when a lease is settled, against what is left of its money: unused rent is
credited, the deposit becomes credit of the organisation, and both go to the lease's bills."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing.models import Charge, ChargeKind, Invoice, InvoiceLine, Payment
from billing.operations import crediting, deposits, drafting, issuing, paying
from billing.operations.rows import lock_invoices
from leasing.models import Lease
from leasing.operations import charging
from leasing.operations.rows import by_park
from leasing.settling import Proposal

ZERO = Decimal(0)
# What stands at papers, which both sides read in their own language: numbers, no words.
SET_OFF = "⇄ {number}"


def set_off(lease: Lease, now: datetime, found: Proposal) -> None:
    """The deposit pays what is owed, as far as it goes; the rest of it, and of rent that was paid
    and not used, is the organisation's credit, to be paid back."""
    bill_what_is_open(lease, now)
    freed = credit_unused(lease, now, found.unused_rent)
    for payment, amount in freed:
        pay(lease, now, payment, amount)
    if found.deposit:
        payment = deposits.release(
            by_park(lease), now, lease.tenant, found.deposit, lease.currency, said(lease)
        )
        pay(lease, now, payment, found.deposit - found.refund)


def said(lease: Lease) -> str:
    return SET_OFF.format(number=lease.number)


def bill_what_is_open(lease: Lease, now: datetime) -> None:
    """On one bill, whatever is on none yet. Drafts of it are taken apart."""
    rows = Charge.objects.filter(pk__in=[row.pk for row in _open(lease)])
    for row in rows.filter(lines__invoice__state="draft"):
        drafting.take_off_of(row)
    if left := list(rows.to_bill()):
        issuing.bill(by_park(lease), now, lease.tenant, left)


def _open(lease: Lease) -> list[Charge]:
    rows = charging.charges_of(charging.chain(lease))
    return [row for row in rows if row.open_amount and row.kind != ChargeKind.DEPOSIT]


def bills_of(lease: Lease) -> list[Invoice]:
    """Bills with an open charge of the lease, as they come due."""
    keys = [row.pk for row in _open(lease)]
    lines = InvoiceLine.objects.filter(tenant_id=lease.tenant_id, charge__in=keys)
    found = lock_invoices(lease.tenant_id, lines.values_list("invoice_id", flat=True))
    return sorted(found.values(), key=lambda bill: (bill.due_on, bill.pk))


def credit_unused(lease: Lease, now: datetime, unused: Decimal) -> list[tuple[Payment, Decimal]]:
    """Credit notes over the newest rent, until ``unused`` is credited. Gives the payments that
    had paid it, each with what came free."""
    before = _credit_of(lease)
    for row in charging.rents(lease).order_by("-period"):
        line = InvoiceLine.objects.filter(tenant_id=lease.tenant_id, charge=row).first()
        amount = min(unused, line.left_to_credit) if line else ZERO
        if line and amount > 0:
            bill = lock_invoices(lease.tenant_id, [line.invoice_id])[line.invoice_id]
            reason = f"≤ {lease.last_on}"
            crediting.credit_lines(by_park(lease), now, bill, {line.pk: amount}, reason)
            unused -= amount
    after = _credit_of(lease)
    return [(p, p.credit - before.get(p.pk, p).credit) for p in after.values() if _more(p, before)]


def _more(payment: Payment, before: dict[int, Payment]) -> bool:
    return payment.credit > before[payment.pk].credit


def _credit_of(lease: Lease) -> dict[int, Payment]:
    rows = Payment.objects.filter(tenant_id=lease.tenant_id, currency=lease.currency)
    return {row.pk: row for row in rows.order_by("pk")}


def pay(lease: Lease, now: datetime, payment: Payment, amount: Decimal) -> None:
    """``amount`` of the payment to the lease's bills, as they come due."""
    on = timezone.localdate(now)
    for bill in bills_of(lease):
        share = min(amount, bill.open_amount)
        if share > 0:
            paying.apply_to(by_park(lease), now, payment, {bill.pk: share}, on)
            amount -= share
