"""Bills and payments of an organisation, made as the park's office makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing.models import Charge, ChargeKind, Invoice, Payment, TaxRate
from billing.operations import charging, crediting, drafting, issuing, paying, refunding
from foundation.errors import DomainError
from ledger.checking import drifts
from ledger.operations.posting import Source
from tenants.models import Membership, Tenant
from tests import databases
from tests.ledger import making as ledger
from tests.ledger.making import overview, rows_of
from tests.spaces.making import NOW, office

TODAY = timezone.localdate(NOW)
D = Decimal
KINDS = ChargeKind
TABLES = [
    "billing_charge", "billing_invoice", "billing_invoiceline", "billing_invoicetax",
    "billing_creditnote", "billing_creditnoteline", "billing_payment", "billing_allocation",
    "billing_refund", "billing_numberseries", "ledger_account", "ledger_voucher", "ledger_entry",
]  # fmt: skip
_sources = count(1)
__all__ = ["NOW", "overview", "rows_of"]


def taxed(**percent: str) -> None:
    """``rent="9"``: the rates in force, since long ago."""
    with overview():
        for kind, rate in percent.items():
            TaxRate.objects.create(
                kind=kind, valid_from=date(2020, 1, 1), percent=D(rate), source="test"
            )


def charged(staff: Membership, tenant: Tenant, amount: Any = "100", **values: Any) -> Any:
    known: dict[str, Any] = {
        "debtor": tenant, "source": Source("tests.thing", next(_sources)), "kind": KINDS.OTHER,
        "period": TODAY, "what": "M-1", "amount": amount and D(amount), "currency": "CNY", "due_on": TODAY,
    }  # fmt: skip
    with office(staff) as actor:
        return charging.charge(actor=actor, now=NOW, **(known | values))


def drafted(staff: Membership, tenant: Tenant, *amounts: Any, **values: Any) -> Any:
    """Of a charge for each amount, all with these ``values``."""
    rows = [charged(staff, tenant, amount, **values) for amount in amounts or ("100",)]
    with office(staff) as actor:
        return drafting.draft(actor=actor, now=NOW, tenant=tenant, charges=rows)


def issued(staff: Membership, tenant: Tenant, *amounts: Any, **values: Any) -> Any:
    made = drafted(staff, tenant, *amounts, **values)
    with office(staff) as actor:
        return issuing.issue(actor=actor, now=NOW, invoice=made)


def credited(staff: Membership, bill: Invoice, amounts: Mapping[int, Decimal] | None = None) -> Any:
    with office(staff) as actor:
        return crediting.credit(
            actor=actor, now=NOW, invoice=bill, amounts=amounts, reason="Agreed"
        )


def received(
    staff: Membership, tenant: Tenant, amount: Any, shares: Any = None, **values: Any
) -> Any:
    """``shares`` are of bills: ``{bill: "60"}``."""
    known: dict[str, Any] = {
        "amount": D(amount), "currency": "CNY", "received_on": TODAY, "reference": "ICBC 1",
        "shares": {bill.pk: D(share) for bill, share in (shares or {}).items()},
    }  # fmt: skip
    with office(staff) as actor:
        return paying.receive(actor=actor, now=NOW, tenant=tenant, **(known | values))


def requested(staff: Membership, payment: Payment, amount: Any) -> Any:
    with office(staff) as actor:
        return refunding.request_refund(
            actor=actor, now=NOW, payment=payment, amount=D(amount), to_account="ICBC 6222",
            reason="Paid twice",
        )  # fmt: skip


def balances(tenant: Tenant) -> dict[str, Any]:
    """By code and currency."""
    return dict(ledger.balances(tenant))


def lines_of(bill: Invoice) -> list[Any]:
    with overview():
        return list(bill.lines.order_by("position"))


def anew(row: Any) -> Any:
    with overview():
        return type(row).objects.get(pk=row.pk)


def charges_of(bill: Invoice) -> Any:
    """State of each charge on it, and what is settled of it."""
    with overview():
        rows = Charge.objects.filter(lines__invoice=bill).order_by("lines__position")
        return list(rows.values_list("state", "settled"))


def everything() -> Any:
    return {name: rows_of(f"select * from {name} order by id") for name in TABLES}


@contextmanager
def refused(code: str | None = None, kind: type[Exception] = DomainError) -> Iterator[None]:
    """Refused, with this code, and nothing is changed by it."""
    before = everything()
    with pytest.raises(kind) as refusal:
        yield
    if code:
        assert getattr(refusal.value, "code", None) == code
    assert everything() == before


def right() -> None:
    """Everything that ``check_books`` recomputes is so."""
    with overview():
        assert list(drifts()) == []


@contextmanager
def past_rules(*statements: str, rules: bool = False) -> Iterator[Any]:
    """What the owner of the tables did, with every trigger in the way taken off (or with the
    ``rules``); a cursor that sees it. Nobody else does, and at the end it is undone."""
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owning, owning.cursor() as cursor:
        cursor.execute("begin")
        for table in () if rules else TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            cursor.execute(statement)
        yield cursor
        cursor.execute("rollback")


def days(number: int) -> timedelta:
    return timedelta(days=number)
