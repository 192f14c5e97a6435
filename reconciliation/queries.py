"""Lines that nobody dealt with yet, and what became of the others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F, Q

from banking.models import BankAccount, StatementLine
from banking.queries import lines_for
from foundation.actors import Actor
from reconciliation.models import Match
from reconciliation.permissions import permissions

OPEN = Q(tally=None) | Q(tally__matched__lt=F("tally__amount"))


def still_open(lines: Any) -> Any:
    """Of these lines those with something left; a line of nothing needs nobody."""
    return lines.filter(OPEN).exclude(amount=0)


def open_lines(
    actor: Actor,
    *,
    accounts: Collection[BankAccount] | None = None,
    until: date | None = None,
    is_in: bool | None = None,
) -> Any:
    """Newest first; nothing for anybody but those who keep the books. Runs as park staff.

    ``is_in``: money that came in, or that went out."""
    lines = still_open(lines_for(actor, accounts=accounts)).select_related("account", "tally")
    if until is not None:
        lines = lines.filter(booked_on__lte=until)
    if is_in is not None:
        lines = lines.filter(amount__gt=0) if is_in else lines.filter(amount__lt=0)
    return lines.order_by("-booked_on", "-pk")


def matches_of(actor: Actor, line: StatementLine) -> list[Match]:
    """All of a line, newest first, also those that were undone."""
    if not permissions.permits(actor, "see_lines"):
        return []
    rows = Match.objects.filter(tally__line=line).select_related(
        "payment__tenant", "refund__tenant", "made_by", "undone_by", "found"
    )
    return list(rows)
