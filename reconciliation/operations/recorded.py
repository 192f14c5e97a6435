"""A line is money that the books have already: somebody recorded it before the bank told of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from banking.models import StatementLine
from billing.models import Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from billing.operations.rows import lock_payment
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from reconciliation.models import Match, MatchKind, Tally
from reconciliation.operations import rows, till

OTHER_FACTS = _("What is recorded has another amount, currency or account than the line.")


@operation
def recognise(*, actor: Actor, now: datetime, line: StatementLine, payment: Payment) -> Match:
    """What is left of ``line``, or a part, is a bank transfer that was recorded by hand.

    Nothing is posted, but for a payment that was recorded without an account: it moves from the
    till to the line's account, for the day of the line. Raises NotPermitted, WrongState for what
    is no received transfer, InvalidInput for a line that went out or other facts, DomainError
    ``match_of_payment_once``, ``tally_not_beyond``, ``voucher_in_open_period``.
    """
    tally = rows.locked(actor, line)
    rows.incoming(tally)
    visible = Payment.objects.visible_to(actor).get(pk=payment.pk)
    # Who takes it back meanwhile is waited for.
    own = lock_payment(visible.tenant_id, visible.pk)
    if (own.method, own.state) != (PaymentMethod.BANK, PaymentOutcome.SUCCEEDED):
        raise WrongState
    _require_same(tally, own.amount, own.currency, own.account_id or tally.line.account_id)
    made = rows.make(actor, tally, MatchKind.RECORDED, own.amount, payment=own)
    if own.account_id is None:
        till.post_move(actor, now, made, "recognised", till.out_of_till(made))
    return made


@operation
def recognise_refund(*, actor: Actor, now: datetime, line: StatementLine, refund: Refund) -> Match:
    """What is left of ``line``, or a part, is a refund that was paid. Nothing is posted.

    Raises NotPermitted, WrongState for what was not paid, InvalidInput for a line that came in or
    other facts, DomainError ``match_of_refund_once``, ``tally_not_beyond``.
    """
    tally = rows.locked(actor, line)
    rows.outgoing(tally)
    own = Refund.objects.visible_to(actor).get(pk=refund.pk)
    if own.state != RefundState.PAID:
        raise WrongState
    _require_same(tally, own.amount, own.currency, own.account_id)
    return rows.make(actor, tally, MatchKind.REFUND, own.amount, refund=own)


def _require_same(tally: Tally, amount: Decimal, currency: str, account_id: int | None) -> None:
    line = tally.line
    if (currency, account_id) != (line.currency, line.account_id):
        raise InvalidInput(OTHER_FACTS, code="match_other_facts")
    rows.require_left(tally, amount)
