"""A line is money of organisations: each of them gets a payment, which goes to its bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from banking.models import StatementLine
from billing.models import Invoice, Payment
from billing.operations import paying
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from reconciliation.models import Match, MatchKind, Tally
from reconciliation.operations import rows, till
from tenants.models import Tenant

ZERO = Decimal(0)
NOTHING = _("Say which bills it pays, or whose credit it is.")
TWICE = _("Give one amount for each organisation.")
NOT_ITS = _("A write-off belongs to a bill that is paid here.")


@dataclass(frozen=True, slots=True)
class Part:
    """``amount`` of a line is ``tenant``'s; of that ``shares`` go to bills by key, the rest is
    credit. ``write_off``: what the bank kept of the same bills."""

    tenant: Tenant
    amount: Decimal
    shares: Mapping[int, Decimal] = field(default_factory=dict)
    write_off: Mapping[int, Decimal] = field(default_factory=dict)


@operation
def accept(
    *, actor: Actor, now: datetime, line: StatementLine, parts: Sequence[Part]
) -> list[Match]:
    """Record what came in by ``line`` as payments, one for each part; what is not in a part stays
    open. Amounts in the line's currency, whole in its minor unit.

    Raises NotPermitted, StatementLine.DoesNotExist, InvalidInput for a line that went out or parts
    that cannot be, DomainError ``tally_not_beyond``, and what ``billing.operations.paying`` raises
    for bills, days and closed months.
    """
    tally = rows.locked(actor, line)
    rows.incoming(tally)
    check(tally, parts)
    return [
        take_in(actor, now, tally, part, tally.line.booked_on)
        for part in sorted(parts, key=lambda part: part.tenant.pk)
    ]


def check(tally: Tally, parts: Sequence[Part]) -> None:
    if not parts:
        raise InvalidInput(NOTHING, code="match_nothing")
    if len({part.tenant.pk for part in parts}) < len(parts):
        raise InvalidInput(TWICE, code="match_twice")
    if any(not set(part.write_off) <= set(part.shares) for part in parts):
        raise InvalidInput(NOT_ITS, code="match_write_off")
    for part in parts:
        rows.whole(part.amount, tally.line.currency)
    rows.require_left(tally, sum((part.amount for part in parts), ZERO))


def take_in(
    actor: Actor, now: datetime, tally: Tally, part: Part, on: date, found: Match | None = None
) -> Match:
    """One part of a locked line, permitted and checked; as a part of an operation above."""
    line = tally.line
    amount = rows.whole(part.amount, line.currency)
    payment = paying.receive(
        actor=actor,
        now=now,
        tenant=part.tenant,
        amount=amount,
        currency=line.currency,
        received_on=on,
        reference=rows.said_by(line),
        account=line.account,
        shares=part.shares,
    )
    for key, kept in part.write_off.items():
        bill = Invoice.objects.visible_to(actor).get(pk=key)
        paying.write_off(actor=actor, now=now, invoice=bill, amount=kept)
    return rows.make(actor, tally, MatchKind.PAYMENT, amount, payment=payment, found=found)


@operation
def return_money(
    *, actor: Actor, now: datetime, line: StatementLine, payment: Payment, reason: str
) -> Match:
    """The bank took a payment back by ``line``, whole: its bills are open again.

    Raises NotPermitted, InvalidInput for a line that came in or another amount, currency or
    account, DomainError ``match_of_payment_once``, and what ``paying.return_payment`` raises.
    """
    tally = rows.locked(actor, line)
    rows.outgoing(tally)
    own = Payment.objects.visible_to(actor).get(pk=payment.pk)
    same = (own.amount, own.currency, own.account_id or _recognised_at(own))
    if same != (tally.left, tally.line.currency, tally.line.account_id):
        raise InvalidInput(OTHER_PAYMENT, code="match_other_payment")
    paying.return_payment(actor=actor, now=now, payment=own, reason=reason)
    made = rows.make(actor, tally, MatchKind.RETURNED, own.amount, payment=own)
    if own.account_id is None:
        # Its receipt left the till, to which it was booked; the money left the account.
        till.post_move(actor, now, made, "taken back", till.turned(till.out_of_till(made)))
    return made


def _recognised_at(payment: Payment) -> int | None:
    """The account of the line that a payment without one was recognised by."""
    found = Match.objects.standing().filter(payment=payment, kind=MatchKind.RECORDED)
    return found.values_list("tally__line__account_id", flat=True).first()


OTHER_PAYMENT = _("The payment has another amount, currency or account than the line.")
