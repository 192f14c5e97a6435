"""Books to post to, and how they stand, read past the portal's own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from foundation.actors import Actor
from ledger.models import Account, Voucher
from ledger.operations.posting import Source, credit, debit, post
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
_numbers = count(1)


def source(number: int | None = None) -> Source:
    """Something that happened in an app above."""
    return Source("tests.thing", next(_numbers) if number is None else number)


@contextmanager
def inside(tenant: Tenant) -> Iterator[Actor]:
    """The system at work in the books of this organisation, as the portal's role."""
    with enter_tenant(tenant.pk):
        yield Actor(user_id=None, tenant_id=tenant.pk)


@contextmanager
def overview() -> Iterator[None]:
    with enter(Identity(STAFF)):
        yield


def billed(tenant: Tenant, amount: Any = "100.00", **values: Any) -> Voucher:
    """``amount`` is owed to the park, in CNY."""
    sum_ = Decimal(amount)
    known: dict[str, Any] = {
        "source": source(), "event": "issued", "effective_on": TODAY, "memo": "Rent",
        "legs": [debit("receivable", sum_, "CNY"), credit("revenue:rent", sum_, "CNY")],
    }  # fmt: skip
    with inside(tenant) as actor:
        return post(actor=actor, now=NOW, tenant=tenant, **{**known, **values})


def deposited(tenant: Tenant, amount: Any = "100.00", **values: Any) -> Voucher:
    sum_ = Decimal(amount)
    legs = [debit("bank:icbc", sum_, "CNY"), credit("deposit", sum_, "CNY")]
    return billed(tenant, **{"legs": legs, "event": "received", "memo": "Deposit", **values})


def account(tenant: Tenant, code: str = "receivable", currency: str = "CNY") -> Account:
    with overview():
        return Account.objects.get(tenant=tenant, code=code, currency=currency)


def balances(tenant: Tenant) -> dict[str, Decimal]:
    with overview():
        rows = Account.objects.filter(tenant=tenant)
        return {f"{row.code} {row.currency}": row.balance for row in rows}


def day(text: str) -> date:
    return date.fromisoformat(text)


def rows_of(query: str, values: Any = None) -> list[tuple[Any, ...]]:
    """As the park's staff, who see every book."""
    with overview(), connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def everything() -> Any:
    """All of the books, to show that a refusal changed nothing."""
    tables = ("account", "voucher", "entry", "hold", "period", "periodstep")
    return {name: rows_of(f"select * from ledger_{name} order by id") for name in tables}
