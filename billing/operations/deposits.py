"""Deposits that the park holds: set off against bills, or given back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing.models import Payment, PaymentMethod, PaymentOutcome
from billing.operations.paying import book_receipt
from billing.operations.rows import lock_books
from foundation.actors import Actor
from ledger.models import Account
from tenants.models import Tenant


def release(
    actor: Actor, now: datetime, tenant: Tenant, amount: Decimal, currency: str, reference: str
) -> Payment:
    """``amount`` of what is held becomes the organisation's credit, to be applied to bills or paid
    back; as a part of an operation above, which has permitted it.

    Raises DomainError ``account_floor`` for more than is held.
    """
    made = Payment.objects.create(
        tenant=tenant,
        method=PaymentMethod.DEPOSIT,
        state=PaymentOutcome.SUCCEEDED,
        amount=amount,
        currency=currency,
        received_on=timezone.localdate(now),
        reference=reference,
        recorded_by_id=actor.user_id,
    )
    # It is applied next, mostly in the same transaction.
    lock_books(tenant.pk, currency, deposits=True)
    book_receipt(actor, now, made)
    return made


def held(tenant_id: int, currency: str) -> Decimal:
    """What the park holds of an organisation in that currency."""
    own = Account.objects.filter(tenant_id=tenant_id, code="deposit", currency=currency).first()
    return own.balance if own else Decimal(0)
