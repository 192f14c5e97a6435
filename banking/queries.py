"""Reads of what the banks said, for the staff's pages and for whoever reconciles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet

from banking.models import BankAccount, Statement, StatementLine
from banking.permissions import permissions
from banking.reading.structure import WHOLE_STATEMENTS
from foundation.actors import Actor


class Gap(NamedTuple):
    """Between two statements of an account the balance jumps: one is missing, or more."""

    before: Statement
    after: Statement

    @property
    def difference(self) -> object:
        return self.after.opening - self.before.closing


def lines_for(
    actor: Actor,
    *,
    currency: str = "",
    since: date | None = None,
    accounts: Iterable[BankAccount] | None = None,
) -> QuerySet[StatementLine]:
    """Lines to reconcile, oldest first; nothing for anybody but those who keep the park's books.

    Runs as park staff (the staff site, or ``across_tenants``): the portal's role sees no line.
    """
    if not permissions.permits(actor, "see_statements"):
        return StatementLine.objects.none()
    lines = StatementLine.objects.select_related("account").order_by("booked_on", "pk")
    if currency:
        lines = lines.filter(currency=currency)
    if since is not None:
        lines = lines.filter(booked_on__gte=since)
    return lines if accounts is None else lines.filter(account__in=list(accounts))


def gaps(account: BankAccount) -> list[Gap]:
    """Where the closing balance of a statement is not the opening one of the next."""
    found = Statement.objects.filter(
        account=account, kind__in=WHOLE_STATEMENTS, opening__isnull=False, closing__isnull=False
    )
    rows = sorted(found, key=_order)
    # The same statement may have come in two files.
    once = {(r.number, r.page, r.opening, r.closing, r.first_on, r.last_on): r for r in rows}
    return [
        Gap(one, other) for one, other in pairwise(once.values()) if one.closing != other.opening
    ]


def _order(row: Statement) -> tuple[object, ...]:
    numbers = [int(said) if said.isdecimal() else 0 for said in (row.number, row.page)]
    return row.opening_on or date.min, row.closing_on or date.min, *numbers, row.pk
