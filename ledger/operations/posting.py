"""Posting and reversing: the only writes of vouchers and entries.

What the rules are, the database says (``ledger/migrations/0002_rules.py``); these operations say
it in sentences, take locks in one order and make a repeated call harmless.

Every organisation has books of its own, in which the park's side stands too, so a voucher locks
accounts of one organisation only: postings of two organisations never wait for each other, and
there is no account of the park's revenue that all of them would queue for. The park's figures are
sums over books. Within one organisation postings to the same account queue for its row, which is
what makes floors and running balances right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.currencies import minor_units
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from ledger.models import Account, Entry, Side, Voucher
from ledger.operations.accounts import locked
from ledger.operations.lapsing import lapse
from tenants.models import Tenant

DIFFERS = _("This was posted before, with other figures: reverse that voucher first.")
NOT_BALANCED = _("Debits and credits differ.")
LARGEST = Decimal(10) ** 16

INSERT_VOUCHER = """
insert into ledger_voucher (tenant_id, effective_on, source_type, source_id, event, memo, legs,
                            reverses_id, posted_by_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (tenant_id, source_type, source_id, event) do nothing
returning id, recorded_at
"""
# Number and balance are the trigger's to give.
INSERT_ENTRIES = """
insert into ledger_entry (tenant_id, voucher_id, leg, account_id, currency, side, amount, number,
                          balance) values
"""


@dataclass(frozen=True, slots=True)
class Source:
    """The row of an app above that something is posted for, where there is no model at hand."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Leg:
    """``amount`` above zero in ``currency`` (ISO 4217), whole in its minor unit, on one side of
    the account ``code`` (``ledger.chart``)."""

    code: str
    side: str
    amount: Decimal
    currency: str


def debit(code: str, amount: Decimal, currency: str) -> Leg:
    return Leg(code, Side.DEBIT, amount, currency)


def credit(code: str, amount: Decimal, currency: str) -> Leg:
    return Leg(code, Side.CREDIT, amount, currency)


@operation
def post(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    source: Model | Source,
    event: str,
    effective_on: date,
    legs: Sequence[Leg],
    memo: str = "",
) -> Voucher:
    """Post one business event to the books of ``tenant``, once.

    For apps above, inside their own operations, after their own locks and permissions: this asks
    none. ``source`` (a saved row) and ``event`` name what happened; the same again with the same
    legs and day gives the voucher that is there, also when it was reversed since. Accounts that
    are not there are opened. ``effective_on`` is a day of the park. Nothing is rounded.

    Raises InvalidInput for legs that cannot be (fewer than two, not above zero, parts of a minor
    unit, an unknown account or currency, sides that differ), DomainError ``voucher_differs`` for
    the same event with other content, ``voucher_in_open_period`` for a closed period,
    ``account_floor`` where there is not enough, ``account_takes_entries`` for a frozen account.
    """
    check_legs(legs)
    named = named_by(source)
    if known := _known(tenant.pk, named, event):
        return same_or_refuse(known, effective_on, legs)
    accounts = locked(tenant.pk, [(leg.code, leg.currency) for leg in legs])
    lapse(accounts.values(), now)
    rows = [(accounts[leg.code, leg.currency], leg.side, leg.amount) for leg in legs]
    made = write(actor, tenant.pk, named, event, effective_on, memo, rows)
    # Somebody posted it between the look and the lock.
    return made or same_or_refuse(posted(tenant.pk, named, event), effective_on, legs)


@operation
def reverse(
    *, actor: Actor, now: datetime, voucher: Voucher, effective_on: date, memo: str = ""
) -> Voucher:
    """Undo a voucher by one with the same entries on the other sides.

    For apps above, like ``post``. Raises DomainError ``voucher_reversed_once`` the second time,
    WrongState for a reversal, Voucher.DoesNotExist for one in other books than those entered, and what ``post`` raises for periods, floors and accounts.
    """
    if voucher.reverses_id is not None:
        raise WrongState
    entries = list(
        Entry.objects.filter(tenant_id=voucher.tenant_id, voucher=voucher)
        .select_related("account")
        .order_by("leg")
    )
    if not entries:
        raise Voucher.DoesNotExist
    keys = [(entry.account.code, entry.currency) for entry in entries]
    accounts = locked(voucher.tenant_id, keys)
    lapse(accounts.values(), now)
    rows = [
        (accounts[key], _other(entry.side), entry.amount)
        for key, entry in zip(keys, entries, strict=True)
    ]
    named = Source(voucher.source_type, voucher.source_id)
    made = write(
        actor, voucher.tenant_id, named, reversal_of(voucher), effective_on, memo, rows, voucher
    )
    if made is None:
        raise DomainError(ALREADY_REVERSED, code="voucher_reversed_once")
    return made


ALREADY_REVERSED = _("This is reversed already.")


def reversal_of(voucher: Voucher) -> str:
    return f"reversal {voucher.pk}"


def named_by(source: Model | Source) -> Source:
    return source if isinstance(source, Source) else Source(source._meta.label_lower, source.pk)


# -- checks, for clear sentences ---------------------------------------------------------------------


def check_legs(legs: Sequence[Leg]) -> None:
    if len(legs) < 2:
        raise InvalidInput(_("A voucher has two entries or more."), code="voucher_two_legs")
    for leg in legs:
        check_amount(leg.amount, leg.currency)
    sums: dict[str, Decimal] = {}
    for leg in legs:
        signed = leg.amount if leg.side == Side.DEBIT else -leg.amount
        sums[leg.currency] = sums.get(leg.currency, Decimal(0)) + signed
    if any(sums.values()):
        raise InvalidInput(NOT_BALANCED, code="voucher_zero_sum")


def check_amount(amount: Decimal, currency: str) -> None:
    """Raises InvalidInput for what is no amount above zero, whole in the currency's minor unit."""
    # A float is right until it is not: a program that passes one is to hear of it at once.
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise InvalidInput(_("An amount is a decimal number."), code="entry_not_decimal")
    if amount <= 0:
        raise InvalidInput(_("An amount is above zero."), code="entry_above_zero")
    if amount >= LARGEST:
        raise InvalidInput(_("This amount is too large."), code="entry_too_large")
    if amount != round(amount, minor_units(currency)):
        raise InvalidInput(
            _("%(amount)s has more decimal places than %(currency)s."),
            code="entry_whole_units",
            params={"amount": amount, "currency": currency},
        )


def _other(side: str) -> str:
    return Side.CREDIT if side == Side.DEBIT else Side.DEBIT


# -- once --------------------------------------------------------------------------------------------


def _known(tenant_id: int, source: Source, event: str) -> Voucher | None:
    found = Voucher.objects.filter(
        tenant_id=tenant_id, source_type=source.type, source_id=source.id, event=event
    )
    return found.first()


def posted(tenant_id: int, source: Source, event: str) -> Voucher:
    found = _known(tenant_id, source, event)
    if found is None:
        raise Voucher.DoesNotExist
    return found


def same_or_refuse(voucher: Voucher, effective_on: date, legs: Sequence[Leg]) -> Voucher:
    """The voucher, if it says what is asked for. Raises DomainError ``voucher_differs``."""
    entries = Entry.objects.filter(tenant_id=voucher.tenant_id, voucher=voucher)
    there = sorted(entries.values_list("account__code", "currency", "side", "amount"))
    asked = sorted((leg.code, leg.currency, str(leg.side), leg.amount) for leg in legs)
    if there != asked or voucher.effective_on != effective_on:
        raise DomainError(DIFFERS, code="voucher_differs")
    return voucher


# -- rows --------------------------------------------------------------------------------------------


Row = tuple[Account, str, Decimal]


def write(
    actor: Actor,
    tenant_id: int,
    source: Source,
    event: str,
    effective_on: date,
    memo: str,
    rows: Sequence[Row],
    reverses: Voucher | None = None,
) -> Voucher | None:
    """Voucher and entries in two statements, the accounts being locked; None where that event is
    posted."""
    made = write_head(actor, tenant_id, source, event, effective_on, memo, len(rows), reverses)
    if made is not None:
        write_entries(made, rows)
    return made


def write_head(
    actor: Actor,
    tenant_id: int,
    source: Source,
    event: str,
    effective_on: date,
    memo: str,
    legs: int,
    reverses: Voucher | None = None,
) -> Voucher | None:
    """The voucher without its entries, which have to follow in the same transaction."""
    known: dict[str, Any] = {
        "tenant_id": tenant_id,
        "effective_on": effective_on,
        "source_type": source.type,
        "source_id": source.id,
        "event": event,
        "memo": memo,
        "legs": legs,
        "reverses_id": reverses.pk if reverses else None,
        "posted_by_id": actor.user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_VOUCHER, list(known.values()))
        made = cursor.fetchone()
    return Voucher(pk=made[0], recorded_at=made[1], **known) if made else None


def write_entries(voucher: Voucher, rows: Sequence[Row]) -> None:
    values: list[Any] = []
    for leg, (account, side, amount) in enumerate(rows, 1):
        values += [voucher.tenant_id, voucher.pk, leg, account.pk, account.currency]
        values += [str(side), amount]
    row = "(%s, %s, %s, %s, %s, %s, %s, 0, 0)"
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ENTRIES + ", ".join([row] * len(rows)), values)
