"""Lines that are no money of an organisation, or of one that nobody knows yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banking.models import StatementLine
from billing.entries import bank_of
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from ledger.chart import BETWEEN
from ledger.models import Period, PeriodState
from ledger.operations import posting
from ledger.operations.posting import Leg, credit, debit
from reconciliation.models import AsideReason, Match, MatchKind
from reconciliation.operations import rows
from reconciliation.operations.accepting import Part, check, take_in
from tenants.models import Tenant

UNIDENTIFIED = "unidentified"
FOUND = _("The payer was found.")
ZERO = Decimal(0)


@operation
def set_aside(
    *, actor: Actor, now: datetime, line: StatementLine, reason: str, note: str = ""
) -> Match:
    """What is left of ``line`` has nothing to do with bills. Nothing is posted.

    Raises NotPermitted, InvalidInput for an unknown reason, DomainError ``match_other_says_what``,
    ``tally_not_beyond`` when nothing is left.
    """
    tally = rows.locked(actor, line)
    if reason not in AsideReason.values:
        raise InvalidInput(fields={"reason": _("Choose one of the reasons.")})
    rows.require_left(tally, tally.left or tally.amount)
    return rows.make(
        actor, tally, MatchKind.ASIDE, tally.left, reason=reason, note=note.strip()[:500]
    )


@operation
def park_unidentified(*, actor: Actor, now: datetime, line: StatementLine, note: str = "") -> Match:
    """What is left of ``line`` came from somebody whom nobody knows yet: it stands in the park's
    own books, at the bank and as ``unidentified``, until ``identify``.

    Raises NotPermitted, InvalidInput for a line that went out or is not whole in the minor unit,
    DomainError ``tally_not_beyond``, ``voucher_in_open_period``.
    """
    tally = rows.locked(actor, line)
    rows.incoming(tally)
    rows.require_left(tally, tally.left or tally.amount)
    amount = rows.whole(tally.left, tally.line.currency)
    made = rows.make(actor, tally, MatchKind.UNIDENTIFIED, amount, note=note.strip()[:500])
    legs = parked(made)
    _post(actor, now, Tenant.objects.operator(), made, "parked", tally.line.booked_on, legs)
    return made


def parked(match: Match) -> list[Leg]:
    """In the park's own books."""
    line = match.tally.line
    return [
        debit(bank_of(line.account_id), match.amount, line.currency),
        credit(UNIDENTIFIED, match.amount, line.currency),
    ]


@operation
def identify(*, actor: Actor, now: datetime, match: Match, parts: Sequence[Part]) -> list[Match]:
    """The payer of an unidentified receipt is found: the money goes to the books of the
    organisations in ``parts``; what is in none of them stays unidentified.

    Counts for the day of the line, or for today when that month is closed. Raises NotPermitted,
    WrongState for what is no standing unidentified receipt, and what ``accept`` raises.
    """
    own = rows.locked_match(actor, match)
    if own.kind != MatchKind.UNIDENTIFIED or own.undone_at is not None:
        raise WrongState
    close(own, actor, now, str(FOUND))
    check(own.tally, parts)
    given = sum((part.amount for part in parts), ZERO)
    if given > own.amount:
        raise DomainError(rows.BEYOND, code="tally_not_beyond")
    on = _open_day(own.tally.line.booked_on, timezone.localdate(now))
    made = [_found(actor, now, own, part, on) for part in sorted(parts, key=lambda p: p.tenant.pk)]
    if rest := own.amount - given:
        rows.make(actor, own.tally, MatchKind.UNIDENTIFIED, rest, note=own.note)
    legs = given_out(own, given)
    _post(actor, now, Tenant.objects.operator(), own, "identified", on, legs)
    return made


def _found(actor: Actor, now: datetime, own: Match, part: Part, on: date) -> Match:
    """The organisation's payment. The bank's debit stays in the park's own books, where it is
    since the day of the line: ``between`` stands for it here."""
    made = take_in(actor, now, own.tally, part, on, found=own)
    _post(actor, now, part.tenant, made, "moved here", on, moved_here(made))
    return made


def moved_here(match: Match) -> list[Leg]:
    line = match.tally.line
    return [
        debit(BETWEEN, match.amount, line.currency),
        credit(bank_of(line.account_id), match.amount, line.currency),
    ]


def given_out(match: Match, amount: Decimal) -> list[Leg]:
    currency = match.tally.line.currency
    return [debit(UNIDENTIFIED, amount, currency), credit(BETWEEN, amount, currency)]


def _open_day(day: date, today: date) -> date:
    closed = Period.objects.filter(state=PeriodState.CLOSED, ends_on__gte=day)
    return today if closed.exists() else day


def close(match: Match, actor: Actor, now: datetime, why: str) -> None:
    """It stands no more, and its tally has room again."""
    match.undone_at, match.undone_by_id, match.undone_why = now, actor.user_id, why[:500]
    match.save(update_fields=["undone_at", "undone_by", "undone_why"])
    match.tally.matched -= match.amount


def _post(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    match: Match,
    event: str,
    on: date,
    legs: Sequence[Leg],
) -> None:
    posting.post(
        actor=actor,
        now=now,
        tenant=tenant,
        source=match,
        event=event,
        effective_on=on,
        legs=legs,
        memo=rows.said_by(match.tally.line),
    )
