"""Paying credit back: one asks, another approves, then the bank moves it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banking.models import BankAccount
from billing import entries
from billing.models import Payment, Refund, RefundState
from billing.operations.paying import OTHER_ACCOUNT
from billing.operations.rows import lock_payment
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from ledger.operations import posting
from ledger.operations.posting import Leg

IN_FUTURE = _("This day is in the future.")


@operation
def request_refund(
    *,
    actor: Actor,
    now: datetime,
    payment: Payment,
    amount: Decimal,
    to_account: str,
    reason: str,
) -> Refund:
    """Ask for ``amount`` of a payment's credit to be paid back; it can go nowhere else meanwhile.

    Raises NotPermitted, InvalidInput for an amount that cannot be or no account, DomainError
    ``payment_not_beyond`` for more than is left.
    """
    permissions.require(actor, "request_refunds")
    visible = Payment.objects.visible_to(actor).get(pk=payment.pk)
    own = lock_payment(visible.tenant_id, visible.pk)
    posting.check_amount(amount, own.currency)
    if not to_account.strip():
        raise InvalidInput(fields={"to_account": _("Say to which account.")})
    own.refunded += amount
    own.save(update_fields=["refunded"])
    return Refund.objects.create(
        tenant_id=own.tenant_id,
        payment=own,
        amount=amount,
        currency=own.currency,
        to_account=to_account.strip(),
        reason=reason.strip(),
        requested_by_id=actor.user_id,
    )


@operation
def approve(*, actor: Actor, now: datetime, refund: Refund) -> Refund:
    """Raises NotPermitted, WrongState, DomainError ``refund_by_two``."""
    permissions.require(actor, "approve_refunds")
    own = _locked(actor, refund)
    own.move_to(RefundState.APPROVED)
    own.decided_by_id = actor.user_id
    own.save(update_fields=["state", "decided_by"])
    on = timezone.localdate(now)
    _post(actor, now, own, "approved", on, entries.refund_approved(own.amount, own.currency))
    return own


@operation
def reject(*, actor: Actor, now: datetime, refund: Refund, reason: str) -> Refund:
    """It stays credit. Raises NotPermitted, WrongState, DomainError ``refund_rejected_says_why``."""
    permissions.require(actor, "approve_refunds")
    own = _locked(actor, refund)
    was_approved = own.state == RefundState.APPROVED
    own.move_to(RefundState.REJECTED)
    own.decided_by_id, own.decision_reason = actor.user_id, reason.strip()
    own.save(update_fields=["state", "decided_by", "decision_reason"])
    own.payment.refunded -= own.amount
    own.payment.save(update_fields=["refunded"])
    if was_approved:
        on = timezone.localdate(now)
        legs = entries.refund_approved(own.amount, own.currency)
        turned = [
            Leg(leg.code, "C" if leg.side == "D" else "D", leg.amount, leg.currency) for leg in legs
        ]
        _post(actor, now, own, "rejected", on, turned)
    return own


@operation
def pay_refund(
    *,
    actor: Actor,
    now: datetime,
    refund: Refund,
    paid_on: date,
    reference: str,
    account: BankAccount | None = None,
) -> Refund:
    """The bank has moved it, or the till (without an account). Raises NotPermitted, WrongState,
    InvalidInput for a day in the future or no reference."""
    permissions.require(actor, "pay_refunds")
    if paid_on > timezone.localdate(now):
        raise InvalidInput(fields={"paid_on": IN_FUTURE})
    if not reference.strip():
        raise InvalidInput(fields={"reference": _("Give the bank's reference.")})
    own = _locked(actor, refund)
    if account and account.currency != own.currency:
        raise InvalidInput(fields={"account": OTHER_ACCOUNT})
    own.move_to(RefundState.PAID)
    own.paid_on, own.reference, own.account = paid_on, reference.strip(), account
    own.save(update_fields=["state", "paid_on", "reference", "account"])
    legs = entries.refund_paid(own.amount, own.currency, own.account_id)
    _post(actor, now, own, "paid", paid_on, legs)
    return own


def _locked(actor: Actor, refund: Refund) -> Refund:
    """The payment first, like everybody."""
    visible = Refund.objects.visible_to(actor).get(pk=refund.pk)
    payment = lock_payment(visible.tenant_id, visible.payment_id)
    rows = Refund.objects.filter(tenant_id=visible.tenant_id).select_related("tenant")
    own: Refund = rows.select_for_update(of=("self",)).get(pk=refund.pk)
    own.payment = payment
    return own


def _post(actor: Actor, now: datetime, own: Refund, event: str, on: date, legs: list[Leg]) -> None:
    posting.post(
        actor=actor,
        now=now,
        tenant=own.tenant,
        source=own,
        event=event,
        effective_on=on,
        legs=legs,
        memo=own.reference,
    )
