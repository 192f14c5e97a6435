"""Bills of organisations and lines of the park's bank, made as staff make them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone

from banking.models import StatementLine
from banking.operations.files import read_statement, upload_statement
from billing.models import ChargeKind, Invoice, Payment
from billing.operations import charging, issuing
from foundation.actors import Actor
from ledger.checking import drifts
from ledger.models import Account
from reconciliation.models import Match, Tally
from reconciliation.operations.accepting import Part
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.banking.making import NOW, Fact, camt, office

D = Decimal
TODAY = timezone.localdate(NOW)
_numbers = count(1)


def billed(staff: Membership, tenant: Tenant, *amounts: str, currency: str = "EUR") -> Invoice:
    """An issued bill of these charges."""
    with office(staff) as actor:
        charges = [
            charging.charge(
                actor=actor, now=NOW, debtor=tenant, source=staff, kind=ChargeKind.OTHER,
                period=TODAY + timedelta(days=next(_numbers)), what="x", amount=D(amount),
                currency=currency, due_on=TODAY,
            )
            for amount in amounts
        ]  # fmt: skip
        return issuing.bill(actor, NOW, tenant, charges)


def booked(staff: Membership, *facts: Fact) -> list[StatementLine]:
    """Lines of the park's account in EUR, in the order of these facts."""
    content = camt(facts, number=next(_numbers))
    system = Actor(user_id=None, tenant_id=staff.tenant_id)
    with office(staff) as actor:
        own = upload_statement(
            actor=actor, now=NOW, file=BytesIO(content), name="bank.xml", take=True
        )
        read_statement(actor=system, now=NOW, file_id=own.pk, take=True)
    with enter(Identity(STAFF)):
        rows = StatementLine.objects.select_related("account").order_by("-pk")[: len(facts)]
        return list(rows)[::-1]


def came(amount: str, text: str = "", name: str = "", **values: Any) -> Fact:
    known: dict[str, Any] = {"on": TODAY, "reference": f"B{next(_numbers)}"} | values
    return Fact(D(amount), text=text, name=name, **known)


def part(tenant: Tenant, amount: str, **values: Any) -> Part:
    return Part(tenant, D(amount), **values)


def fresh(row: Any) -> Any:
    with enter(Identity(STAFF)):
        return type(row)._default_manager.get(pk=row.pk)


def left(line: StatementLine) -> Any:
    with enter(Identity(STAFF)):
        tally = Tally.objects.filter(line=line).first()
    return abs(line.amount) if tally is None else tally.left


def everything() -> list[Any]:
    """Whatever reconciliation may write, to see that nothing changed."""
    with enter(Identity(STAFF)):
        return [
            list(model.objects.order_by("pk").values())
            for model in (Match, Payment, Invoice, Account)
        ] + [list(Tally.objects.filter(matched__gt=0).order_by("pk").values())]


def balance(tenant: Tenant, code: str, currency: str = "EUR") -> Any:
    with enter(Identity(STAFF)):
        own = Account.objects.filter(tenant=tenant, code=code, currency=currency).first()
        return own.balance if own else D(0)


def books_are_right() -> None:
    with enter(Identity(STAFF)):
        assert list(drifts()) == []
