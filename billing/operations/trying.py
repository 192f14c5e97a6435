"""Payments through a provider: begun, and then known to have come in, to have failed, or unknown.

An unknown outcome blocks another try: whoever pays again while nobody knows pays twice.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from billing.models import Invoice, Payment, PaymentMethod, PaymentOutcome
from billing.operations.paying import apply_to, book_receipt, lock_for
from billing.operations.rows import lock_invoice, lock_invoices, lock_payment
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation


@operation
def begin(*, actor: Actor, now: datetime, invoice: Invoice, provider: str) -> Payment:
    """What is open on the bill is to be paid through ``provider``.

    Raises NotPermitted, WrongState when nothing is open, DomainError ``payment_one_under_way``.
    """
    permissions.require(actor, "pay_bills")
    own = lock_invoice(actor, invoice)
    if not own.open_amount:
        raise WrongState
    return Payment.objects.create(
        tenant_id=own.tenant_id,
        method=PaymentMethod.PROVIDER,
        state=PaymentOutcome.PENDING,
        amount=own.open_amount,
        currency=own.currency,
        provider=provider,
        invoice=own,
        recorded_by_id=actor.user_id,
    )


@operation
def conclude(
    *, actor: Actor, now: datetime, payment: Payment, outcome: str, reference: str = ""
) -> Payment:
    """What the provider says became of it. The same again changes nothing.

    For the app that hears providers, after its own proof of who speaks: this asks no permission.
    What came in goes to its bill as far as that is open; the rest is credit. Raises WrongState for
    news that contradicts what is known.
    """
    bills = lock_invoices(payment.tenant_id, [payment.invoice_id or 0])
    own = lock_payment(payment.tenant_id, payment.pk)
    if own.state == outcome:
        return own
    own.move_to(outcome)
    if outcome == PaymentOutcome.RETURNED:
        raise WrongState
    own.reference = reference or own.reference
    if outcome == PaymentOutcome.SUCCEEDED:
        own.received_on = timezone.localdate(now)
    own.save(update_fields=["state", "reference", "received_on"])
    if outcome == PaymentOutcome.SUCCEEDED:
        lock_for(own, bills.values())
        book_receipt(actor, now, own)
        for key, bill in bills.items():
            if share := min(own.amount, bill.open_amount):
                apply_to(actor, now, own, {key: share}, timezone.localdate(now))
    return own
