"""A payment that was recorded without an account stands at the till; its line says where it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from billing.entries import bank_of
from foundation.actors import Actor
from ledger.operations import posting
from ledger.operations.posting import Leg, credit, debit
from reconciliation.models import Match
from reconciliation.operations.rows import said_by


def turned(legs: list[Leg]) -> list[Leg]:
    """The other way round."""
    return [
        (credit if leg.side == "D" else debit)(leg.code, leg.amount, leg.currency) for leg in legs
    ]


def out_of_till(match: Match) -> list[Leg]:
    """In the books of the organisation: where the money is, as the bank has told."""
    line = match.tally.line
    return [
        debit(bank_of(line.account_id), match.amount, line.currency),
        credit(bank_of(None), match.amount, line.currency),
    ]


def post_move(actor: Actor, now: datetime, match: Match, event: str, legs: Sequence[Leg]) -> None:
    """For the day of the line, or today for what is undone."""
    assert match.payment is not None
    line = match.tally.line
    posting.post(
        actor=actor,
        now=now,
        tenant=match.payment.tenant,
        source=match,
        event=event,
        effective_on=timezone.localdate(now) if match.undone_at else line.booked_on,
        legs=legs,
        memo=said_by(line),
    )
