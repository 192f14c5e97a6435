"""What the books have already that a line may be: a payment that was recorded by hand before the
bank told of it, a refund that was paid, a payment that the bank takes back. One query for each,
for any number of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from django.db.models import Q

from banking.models import StatementLine
from billing.models import Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from foundation.actors import Actor
from reconciliation.gathering import left_of
from reconciliation.models import CAME_IN, Match, MatchKind
from reconciliation.permissions import permissions
from reconciliation.reasons import Reason, reason

# A bank takes a payment back within weeks.
TAKEN_BACK_WITHIN = timedelta(days=120)
# Between the day somebody wrote down and the day of the bank: a weekend, a holiday week.
NEAR = timedelta(days=10)
MOST = 5


@dataclass(frozen=True, slots=True)
class Booked:
    """``kind`` is what the match would be. ``is_likely`` ones come first."""

    kind: MatchKind
    row: Payment | Refund
    why: Reason
    is_likely: bool

    @property
    def key(self) -> str:
        """Names what would be done."""
        return f"{self.kind}:{self.row.pk}"


def booked_for(actor: Actor, lines: Sequence[StatementLine]) -> dict[int, list[Booked]]:
    """By key of the line, at most ``MOST``. Only what has the amount that is left of the line and
    its currency. Give lines with their tally."""
    own = [line for line in lines if left_of(line)]
    if not own or not permissions.permits(actor, "see_lines"):
        return {}
    found: dict[int, list[Booked]] = defaultdict(list)
    for line, each in chain(_recorded(actor, own), _refunds(actor, own), _returns(own)):
        found[line.pk].append(each)
    return {pk: _best(each) for pk, each in found.items()}


def _best(found: list[Booked]) -> list[Booked]:
    return sorted(found, key=lambda each: (not each.is_likely, -each.row.pk))[:MOST]


Found = Iterable[tuple[StatementLine, Booked]]


def _recorded(actor: Actor, lines: Sequence[StatementLine]) -> Found:
    """Payments by bank transfer for which no line stands. Recorded at one charge, it has no
    account."""
    coming = [line for line in lines if line.amount > 0]
    rows = Payment.objects.visible_to(actor).filter(
        _account_of(coming),
        *_sums(coming),
        method=PaymentMethod.BANK,
        state=PaymentOutcome.SUCCEEDED,
    )
    standing = Match.objects.standing().filter(kind__in=CAME_IN).values("payment")
    for row in rows.exclude(pk__in=standing).select_related("tenant"):
        yield from _near(coming, row, row.received_on, MatchKind.RECORDED)


def _refunds(actor: Actor, lines: Sequence[StatementLine]) -> Found:
    """Refunds that were paid and for which no line stands."""
    going = [line for line in lines if line.amount < 0]
    rows = Refund.objects.visible_to(actor).filter(
        *_sums(going), state=RefundState.PAID, account__in={line.account_id for line in going}
    )
    standing = Match.objects.standing().filter(kind=MatchKind.REFUND).values("refund")
    for row in rows.exclude(pk__in=standing).select_related("tenant"):
        yield from _near(going, row, row.paid_on, MatchKind.REFUND)


def _account_of(lines: Sequence[StatementLine]) -> Q:
    return Q(account=None) | Q(account__in={line.account_id for line in lines})


def _sums(lines: Sequence[StatementLine], before: str = "") -> list[Q]:
    return [
        Q(amount__in={left_of(line) for line in lines}),
        Q(**{f"{before}currency__in": {line.currency for line in lines}}),
    ]


def _near(lines: Sequence[StatementLine], row: Any, day: Any, kind: MatchKind) -> Found:
    for line in lines:
        same = (line.currency, left_of(line)) == (row.currency, row.amount)
        is_there = row.account_id in (None, line.account_id)
        if same and is_there and abs(line.booked_on - day) <= NEAR:
            said = bool(row.reference) and row.reference in (
                line.bank_reference,
                line.own_reference,
            )
            yield line, Booked(kind, row, reason(f"{kind}_already", day=day.isoformat()), said)


def _returns(lines: Sequence[StatementLine]) -> Found:
    """Payments of the same amount that came in before money went out."""
    going = [line for line in lines if line.amount < 0]
    rows = Match.objects.standing().filter(
        *_sums(going, "tally__line__"), kind__in=CAME_IN, payment__state=PaymentOutcome.SUCCEEDED
    )
    matches = list(rows.select_related("tally__line", "payment__tenant")) if going else []
    for line in going:
        for match in matches:
            if _may_take_back(line, match):
                yield line, _return(line, match)


def _may_take_back(line: StatementLine, match: Match) -> bool:
    came: StatementLine = match.tally.line
    within = came.booked_on <= line.booked_on <= came.booked_on + TAKEN_BACK_WITHIN
    same = (came.currency, match.amount) == (line.currency, left_of(line))
    return within and same and came.account_id == line.account_id


def _return(line: StatementLine, match: Match) -> Booked:
    assert match.payment is not None
    came: StatementLine = match.tally.line
    account = line.counterparty_account
    same = bool(account) and account == came.counterparty_account
    code = "returned_account" if same else "returned_amount"
    why = reason(code, day=came.booked_on.isoformat())
    return Booked(MatchKind.RETURNED, match.payment, why, same)
