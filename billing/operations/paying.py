"""Money that came in: received, applied to bills, taken away again, written off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banking.models import BankAccount
from billing import entries
from billing.models import (
    Allocation,
    BillingTerms,
    Invoice,
    InvoiceState,
    Payment,
    PaymentMethod,
    PaymentOutcome,
)
from billing.operations.rows import (
    lock_books,
    lock_invoice,
    lock_invoices,
    lock_payment,
    lock_payments,
)
from billing.operations.spreading import spread
from billing.permissions import permissions
from billing.taxes import ZERO
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from ledger.models import Voucher
from ledger.operations import posting
from tenants.models import Tenant

IN_FUTURE = _("This day is in the future.")
OTHER_CURRENCY = _("The bill is in another currency than the payment.")
OTHER_ACCOUNT = _("This account is in another currency.")
BEYOND_TOLERANCE = _("This is more than the terms let be written off: credit it instead.")
SAYS_HOW = _("Say how it was paid: the bank's reference, or a receipt's number.")

# Key of a bill → amount in the payment's currency.
Shares = Mapping[int, Decimal]


@operation
def receive(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    amount: Decimal,
    currency: str,
    received_on: date,
    reference: str,
    method: str = PaymentMethod.BANK,
    account: BankAccount | None = None,
    shares: Shares | None = None,
    note: str = "",
) -> Payment:
    """The park has ``amount`` of ``tenant``; ``shares`` of it go to bills, the rest is its credit.

    Raises NotPermitted, InvalidInput for a day in the future, no reference, or an amount that is
    not above zero and whole in the currency's minor unit, and what ``apply`` raises.
    """
    permissions.require(actor, "record_payment")
    if received_on > timezone.localdate(now):
        raise InvalidInput(fields={"received_on": IN_FUTURE})
    if not reference.strip():
        raise InvalidInput(fields={"reference": SAYS_HOW})
    if account and account.currency != currency:
        raise InvalidInput(fields={"account": OTHER_ACCOUNT})
    if method not in (PaymentMethod.BANK, PaymentMethod.CASH):
        raise InvalidInput(code="payment_method_known")
    posting.check_amount(amount, currency)
    bills = lock_invoices(tenant.pk, shares or {})
    made = Payment.objects.create(
        tenant=tenant,
        method=method,
        state=PaymentOutcome.SUCCEEDED,
        amount=amount,
        currency=currency,
        received_on=received_on,
        reference=reference.strip(),
        note=note.strip(),
        account=account,
        recorded_by_id=actor.user_id,
    )
    lock_for(made, bills.values())
    book_receipt(actor, now, made)
    _apply(actor, now, made, bills, shares or {}, received_on)
    return made


def lock_for(payment: Payment, bills: Iterable[Invoice]) -> None:
    """The accounts that a payment and its bills need."""
    deposits = any(bill.is_deposit for bill in bills)
    codes = [entries.where_of(payment)]
    lock_books(payment.tenant_id, payment.currency, codes, deposits=deposits)


def book_receipt(actor: Actor, now: datetime, payment: Payment) -> Voucher:
    """In the books, once; as a part of an operation above."""
    return posting.post(
        actor=actor,
        now=now,
        tenant=payment.tenant,
        source=payment,
        event="received",
        effective_on=payment.received_on or timezone.localdate(now),
        legs=entries.received(payment),
        memo=payment.reference,
    )


@operation
def apply(*, actor: Actor, now: datetime, payment: Payment, shares: Shares) -> Payment:
    """Put credit of a payment to bills of its organisation.

    Raises NotPermitted, WrongState for what was not received or not issued, DomainError
    ``payment_not_beyond``, ``invoice_not_beyond``, ``other_currency``, Invoice.DoesNotExist.
    """
    permissions.require(actor, "record_payment")
    visible = Payment.objects.visible_to(actor).get(pk=payment.pk)
    return apply_to(actor, now, visible, shares, timezone.localdate(now))


def apply_to(actor: Actor, now: datetime, payment: Payment, shares: Shares, on: date) -> Payment:
    """What ``apply`` does, for operations that have permitted it."""
    bills = lock_invoices(payment.tenant_id, shares)
    own = lock_payment(payment.tenant_id, payment.pk)
    if own.state != PaymentOutcome.SUCCEEDED:
        raise WrongState
    return _apply(actor, now, own, bills, shares, on)


def _apply(
    actor: Actor,
    now: datetime,
    own: Payment,
    bills: Mapping[int, Invoice],
    shares: Shares,
    on: date,
) -> Payment:
    lock_for(own, bills.values())
    for key, amount in shares.items():
        if key not in bills:
            raise Invoice.DoesNotExist
        bill = bills[key]
        if bill.state != InvoiceState.ISSUED:
            raise WrongState
        if bill.currency != own.currency:
            raise DomainError(OTHER_CURRENCY, code="other_currency")
        posting.check_amount(amount, own.currency)
        _move(actor, now, own, bill, amount, on)
    return own


def _move(
    actor: Actor, now: datetime, own: Payment, bill: Invoice, amount: Decimal, on: date
) -> None:
    """``amount`` from the payment to the bill, both locked; below zero the other way."""
    own.applied += amount
    own.save(update_fields=["applied"])
    bill.paid += amount
    bill.save(update_fields=["paid"])
    row = Allocation.objects.create(
        tenant_id=own.tenant_id, payment=own, invoice=bill, amount=amount, on=on
    )
    spread(bill, on, own.reference or bill.number)
    posting.post(
        actor=actor,
        now=now,
        tenant=own.tenant,
        source=row,
        event="applied",
        effective_on=on,
        legs=entries.applied(amount, own.currency, is_deposit=bill.is_deposit),
        memo=bill.number,
    )


@operation
def take_away(
    *, actor: Actor, now: datetime, payment: Payment, invoice: Invoice, amount: Decimal
) -> Payment:
    """Take ``amount`` of a payment off a bill; it is the organisation's credit again.

    Raises NotPermitted, WrongState, InvalidInput for more than the payment put there.
    """
    permissions.require(actor, "return_payments")
    bill = lock_invoice(actor, invoice)
    own = lock_payment(bill.tenant_id, payment.pk)
    posting.check_amount(amount, own.currency)
    if amount > put_to(own, bill):
        raise InvalidInput(_("The payment has less on this bill."), code="allocation_not_beyond")
    _move(actor, now, own, bill, -amount, timezone.localdate(now))
    return own


def put_to(payment: Payment, bill: Invoice) -> Decimal:
    rows = Allocation.objects.filter(tenant_id=bill.tenant_id, payment=payment, invoice=bill)
    return sum(rows.values_list("amount", flat=True), ZERO)


def givers(bill: Invoice, wanted: Decimal) -> dict[int, Payment]:
    """The payments of a locked bill, locked, where less than ``wanted`` is open on it."""
    if wanted <= bill.open_amount:
        return {}
    rows = Allocation.objects.filter(tenant_id=bill.tenant_id, invoice=bill)
    return lock_payments(bill.tenant_id, rows.values_list("payment_id", flat=True))


def free(
    actor: Actor,
    now: datetime,
    bill: Invoice,
    wanted: Decimal,
    payments: Mapping[int, Payment] | None = None,
) -> None:
    """So much room on a locked bill as ``wanted`` needs: the newest payments give way.
    ``payments`` are its ``givers``, where they are locked already."""
    missing = wanted - bill.open_amount
    payments = givers(bill, wanted) if payments is None else payments
    for key in sorted(payments, reverse=True):
        amount = min(missing, put_to(payments[key], bill))
        if amount > 0:
            _move(actor, now, payments[key], bill, -amount, timezone.localdate(now))
            missing -= amount


@operation
def return_payment(*, actor: Actor, now: datetime, payment: Payment, reason: str) -> Payment:
    """The bank took it back, or it was recorded by mistake: its bills are open again and its
    voucher is reversed.

    Raises NotPermitted, WrongState, DomainError ``payment_only_received_counts`` when a part of it
    was paid back, InvalidInput without a reason.
    """
    permissions.require(actor, "return_payments")
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is taken back.")})
    visible = Payment.objects.visible_to(actor).get(pk=payment.pk)
    rows = Allocation.objects.filter(tenant_id=visible.tenant_id, payment=visible)
    bills = lock_invoices(visible.tenant_id, rows.values_list("invoice_id", flat=True))
    own = lock_payment(visible.tenant_id, visible.pk)
    lock_for(own, bills.values())
    for bill in bills.values():
        if amount := put_to(own, bill):
            _move(actor, now, own, bill, -amount, timezone.localdate(now))
    own.move_to(PaymentOutcome.RETURNED)
    own.note = f"{own.note} {reason.strip()}".strip()[:500]
    own.save(update_fields=["state", "note"])
    posting.reverse(
        actor=actor,
        now=now,
        voucher=book_receipt(actor, now, own),
        effective_on=timezone.localdate(now),
        memo=own.reference,
    )
    return own


@operation
def write_off(*, actor: Actor, now: datetime, invoice: Invoice, amount: Decimal) -> Invoice:
    """What a bank kept of a transfer, up to the tolerance of the terms.

    Raises NotPermitted, WrongState, DomainError ``beyond_tolerance``, ``invoice_not_beyond``.
    """
    permissions.require(actor, "write_off")
    own = lock_invoice(actor, invoice)
    posting.check_amount(amount, own.currency)
    on = timezone.localdate(now)
    if own.written_off + amount > BillingTerms.on(on).tolerance:
        raise DomainError(BEYOND_TOLERANCE, code="beyond_tolerance")
    own.written_off += amount
    own.save(update_fields=["written_off"])
    spread(own, on, own.number)
    posting.post(
        actor=actor,
        now=now,
        tenant=own.tenant,
        source=own,
        event=f"written off up to {own.written_off.normalize():f}",
        effective_on=on,
        legs=entries.written_off(amount, own.currency, is_deposit=own.is_deposit),
        memo=own.number,
    )
    return own
