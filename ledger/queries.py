"""Reading the books: statements with a running balance, and the trial balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from foundation.actors import Actor
from ledger.chart import label_of
from ledger.models import Account, Entry, Side
from ledger.models.accounts import MoneyField

ROWS = 50


@dataclass(frozen=True, slots=True)
class Statement:
    """``rows`` newest first, each with ``balance``, the account's after it. ``newer`` and
    ``older`` are lines to ask from (``before=older``, ``after=newer``), None where there are no
    more."""

    account: Account
    rows: list[Entry]
    newer: int | None
    older: int | None


def statement(
    account: Account, *, before: int | None = None, after: int | None = None, rows: int = ROWS
) -> Statement:
    """The lines of ``account`` below ``before``, or just above ``after``, or the newest.

    The running balance is stored with each entry, and the lines are asked for by their numbers:
    any page of any account is one query that reads ``rows`` entries with their vouchers. The
    account is for the caller to find by ``visible_to``.
    """
    own = Entry.objects.filter(tenant_id=account.tenant_id, account=account)
    own = own.select_related("voucher", "voucher__reverses")
    if after is not None:
        found = list(own.filter(number__gt=after).order_by("number")[:rows])[::-1]
    else:
        below = own if before is None else own.filter(number__lt=before)
        found = list(below.order_by("-number")[:rows])
    if not found:
        return Statement(account, [], None, None)
    newest, oldest = found[0].number, found[-1].number
    newer = newest if newest < account.entries_count else None
    return Statement(account, found, newer, oldest if oldest > 1 else None)


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One code and currency over all books, or those of one organisation."""

    code: str
    kind: str
    currency: str
    debits: Decimal
    credits: Decimal

    @property
    def label(self) -> str:
        return f"{label_of(self.kind)} {self.code.partition(':')[2]}".strip()

    @property
    def debit_balance(self) -> Decimal:
        return max(self.debits - self.credits, Decimal(0))

    @property
    def credit_balance(self) -> Decimal:
        return max(self.credits - self.debits, Decimal(0))


def trial_balance(
    actor: Actor, *, tenant_id: int | None = None, on: date | None = None
) -> list[BalanceLine]:
    """By code and currency, over the books that the reader sees: the stored sums, or with ``on``
    the sums of what counts for that day or before."""
    books: Any = {} if tenant_id is None else {"tenant_id": tenant_id}
    accounts = Account.objects.visible_to(actor).filter(**books)
    found = _stored(accounts) if on is None else _summed(accounts, on)
    return [BalanceLine(*row) for row in found if row[3] or row[4]]


def _stored(accounts: QuerySet[Account]) -> Iterable[Any]:
    rows = accounts.order_by("currency", "code").values_list("code", "kind", "currency")
    return rows.annotate(d=Sum("debits"), c=Sum("credits"))


def _summed(accounts: QuerySet[Account], on: date) -> Iterable[Any]:
    entries = Entry.objects.filter(account__in=accounts, voucher__effective_on__lte=on)
    rows = entries.order_by("currency", "account__code")
    named = rows.values_list("account__code", "account__kind", "currency")
    return named.annotate(d=_of_side(Side.DEBIT), c=_of_side(Side.CREDIT))


def _of_side(side: str) -> Any:
    amounts = Sum(Case(When(Q(side=side), then=F("amount"))))
    return Coalesce(amounts, Decimal(0), output_field=MoneyField())


def balance_on(account: Account, on: date) -> Decimal:
    """What the account had at the end of that day of the park, by what counts for it; in its
    currency, above zero on the side on which it grows."""
    own = Entry.objects.filter(tenant_id=account.tenant_id, account=account)
    upto = own.filter(voucher__effective_on__lte=on)
    sums = upto.aggregate(d=_of_side(Side.DEBIT), c=_of_side(Side.CREDIT))
    difference: Decimal = sums["d"] - sums["c"]
    return difference if account.side == Side.DEBIT else -difference


def totals(lines: Iterable[BalanceLine]) -> dict[str, tuple[Decimal, Decimal]]:
    """Debit and credit balances by currency: the two are equal, or the books are wrong."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        before = found.get(line.currency, (Decimal(0), Decimal(0)))
        found[line.currency] = before[0] + line.debit_balance, before[1] + line.credit_balance
    return found
