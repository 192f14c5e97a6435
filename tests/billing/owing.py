"""Bills of an organisation and what comes of them, made as the park's staff make them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from billing.models import Charge, ChargeKind, Invoice, Payment
from billing.operations import charging, crediting, drafting, issuing, paying
from tenants.models import Membership, Tenant
from tests.spaces.making import NOW, office

D = Decimal
TODAY = NOW.date()
_periods = count(1)


class Bookkeeper:
    """Somebody of the park who bills, takes money and credits."""

    def __init__(self, member: Membership) -> None:
        self.member = member

    def charge(self, debtor: Tenant, amount: Any = 100, **values: Any) -> Charge:
        known: dict[str, Any] = {
            "kind": ChargeKind.SERVICE, "period": TODAY - timedelta(days=next(_periods)),
            "what": "A-101", "currency": "CNY", "due_on": TODAY, "amount": D(amount),
        }  # fmt: skip
        with office(self.member) as actor:
            return charging.charge_by_hand(actor=actor, now=NOW, debtor=debtor, **(known | values))

    def draft(self, debtor: Tenant, *amounts: Any, **values: Any) -> Invoice:
        charges = [self.charge(debtor, amount, **values) for amount in amounts or (100,)]
        with office(self.member) as actor:
            return drafting.draft(actor=actor, now=NOW, tenant=debtor, charges=charges)

    def bill(self, debtor: Tenant, *amounts: Any, on: date | None = None, **values: Any) -> Invoice:
        draft = self.draft(debtor, *amounts, **values)
        with office(self.member) as actor:
            return issuing.issue(actor=actor, now=NOW, invoice=draft, issued_on=on)

    def late_bill(self, debtor: Tenant, *amounts: Any, **values: Any) -> Invoice:
        """Issued so long ago that it is overdue today."""
        long_ago = TODAY - timedelta(days=40)
        return self.bill(debtor, *amounts, on=long_ago, due_on=long_ago, **values)

    def pay(self, debtor: Tenant, amount: Any, *bills: Invoice, **values: Any) -> Payment:
        """What is left beyond the bills is credit."""
        known: dict[str, Any] = {
            "currency": "CNY",
            "received_on": TODAY,
            "reference": "ICBC 7",
        } | values
        with office(self.member) as actor:
            return paying.receive(
                actor=actor, now=NOW, tenant=debtor, amount=D(amount),
                shares={bill.pk: bill.open_amount for bill in bills}, **known,
            )  # fmt: skip

    def pay_part(self, bill: Invoice, amount: Any, **values: Any) -> Payment:
        known: dict[str, Any] = {
            "currency": bill.currency,
            "received_on": TODAY,
            "reference": "ICBC 8",
        } | values
        with office(self.member) as actor:
            return paying.receive(
                actor=actor, now=NOW, tenant=bill.tenant, amount=D(amount),
                shares={bill.pk: D(amount)}, **known,
            )  # fmt: skip

    def credit_part(self, bill: Invoice, amount: Any, reason: str) -> Any:
        """Of its first line."""
        with office(self.member) as actor:
            amounts = {bill.lines.earliest("position").pk: D(amount)}
            return crediting.credit(
                actor=actor, now=NOW, invoice=bill, reason=reason, amounts=amounts
            )

    def credit(self, bill: Invoice, reason: str = "Agreed") -> Any:
        with office(self.member) as actor:
            return crediting.credit(actor=actor, now=NOW, invoice=bill, reason=reason)
