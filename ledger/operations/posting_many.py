"""Posting many events at once: a handful of statements for the books of many organisations.

The rules are those of ``posting``; what differs is that vouchers and entries of all events are
written together, once the accounts of all books are locked in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from foundation.actors import Actor
from foundation.operations import operation
from ledger.models import Account, Voucher
from ledger.operations.accounts import BookKey, locked_in_books
from ledger.operations.lapsing import lapse
from ledger.operations.posting import (
    INSERT_ENTRIES,
    Leg,
    Source,
    check_legs,
    posted,
    same_or_refuse,
)

INSERT_VOUCHERS = """
insert into ledger_voucher (tenant_id, effective_on, source_type, source_id, event, memo, legs,
                            posted_by_id)
values """
ONCE = """
on conflict (tenant_id, source_type, source_id, event) do nothing
returning tenant_id, source_type, source_id, event, id, recorded_at
"""
VOUCHER_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s)"
ENTRY_ROW = "(%s, %s, %s, %s, %s, %s, %s, 0, 0)"

# (organisation, type and key of the source, event)
EventKey = tuple[int, str, int, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """One business event in the books of the organisation ``tenant_id``; see ``posting.post``."""

    tenant_id: int
    source: Source
    event: str
    effective_on: date
    legs: Sequence[Leg]
    memo: str = ""

    @property
    def key(self) -> EventKey:
        return (self.tenant_id, self.source.type, self.source.id, self.event)

    @property
    def accounts(self) -> list[BookKey]:
        return [(self.tenant_id, leg.code, leg.currency) for leg in self.legs]


@operation
def post_all(*, actor: Actor, now: datetime, postings: Sequence[Posting]) -> list[Voucher]:
    """Post each event once, as ``post`` does; gives their vouchers in the order of ``postings``.

    All are posted or none is. No two of them name the same event. For apps above, inside their
    own operations, after their own locks and permissions. Raises what ``post`` raises.
    """
    for each in postings:
        check_legs(each.legs)
    known = _known(postings)
    made = _write(actor, now, [each for each in postings if each.key not in known])
    return [made.get(each.key) or _same(known.get(each.key), each) for each in postings]


def _known(postings: Iterable[Posting]) -> dict[EventKey, Voucher]:
    keys = {each.key for each in postings}
    tenants, types, ids, events = ({key[n] for key in keys} for n in range(4))
    found = Voucher.objects.filter(
        tenant_id__in=tenants, source_type__in=types, source_id__in=ids, event__in=events
    )
    of_key = {(v.tenant_id, v.source_type, v.source_id, v.event): v for v in found}
    return {key: voucher for key, voucher in of_key.items() if key in keys}


def _same(known: Voucher | None, asked: Posting) -> Voucher:
    # Without one, somebody posted it between the look and the lock.
    found = known or posted(asked.tenant_id, asked.source, asked.event)
    return same_or_refuse(found, asked.effective_on, asked.legs)


def _write(actor: Actor, now: datetime, new: Sequence[Posting]) -> dict[EventKey, Voucher]:
    """Vouchers and entries in two statements; without those whose event is posted meanwhile."""
    if not new:
        return {}
    accounts = locked_in_books(key for each in new for key in each.accounts)
    lapse(accounts.values(), now)
    made = _write_heads(actor, new)
    _write_entries(made, new, accounts)
    return made


def _write_heads(actor: Actor, new: Sequence[Posting]) -> dict[EventKey, Voucher]:
    values: list[Any] = []
    for each in new:
        values += [each.tenant_id, each.effective_on, each.source.type, each.source.id, each.event]
        values += [each.memo, len(each.legs), actor.user_id]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_VOUCHERS + ", ".join([VOUCHER_ROW] * len(new)) + ONCE, values)
        found = {row[:4]: row[4:] for row in cursor.fetchall()}
    return {e.key: _voucher(actor, e, *found[e.key]) for e in new if e.key in found}


def _voucher(actor: Actor, posting: Posting, pk: int, recorded_at: datetime) -> Voucher:
    return Voucher(
        pk=pk,
        recorded_at=recorded_at,
        tenant_id=posting.tenant_id,
        effective_on=posting.effective_on,
        source_type=posting.source.type,
        source_id=posting.source.id,
        event=posting.event,
        memo=posting.memo,
        legs=len(posting.legs),
        posted_by_id=actor.user_id,
    )


def _write_entries(
    made: dict[EventKey, Voucher], new: Sequence[Posting], accounts: dict[BookKey, Account]
) -> None:
    values: list[Any] = []
    for each in new:
        if each.key not in made:
            continue
        for number, leg in enumerate(each.legs, 1):
            own = accounts[each.tenant_id, leg.code, leg.currency]
            values += [each.tenant_id, made[each.key].pk, number, own.pk, leg.currency]
            values += [str(leg.side), leg.amount]
    if values:
        rows = ", ".join([ENTRY_ROW] * (len(values) // 7))
        with connection.cursor() as cursor:
            cursor.execute(INSERT_ENTRIES + rows, values)
