"""Statements of account: what an organisation owed, what happened, what it owes; by the books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.ageing import Aged, ageing
from billing.entries import RECEIVABLE, REFUNDS_DUE, UNAPPLIED
from billing.models import Invoice, Payment, PaymentMethod
from billing.taxes import ZERO
from foundation.errors import InvalidInput, Sentence
from ledger.models import Entry, Side
from tenants.models import Tenant

# What both owe each other: bills, less what was paid and is on none, less what is to go back. A
# deposit that is held is no part of it.
CODES = (RECEIVABLE, UNAPPLIED, REFUNDS_DUE)
BACKWARDS = _("The first day is after the last.")

BILL, DEPOSIT, NOTE, PAYMENT, SET_OFF, REFUND, WRITTEN_OFF, UNDONE, OTHER = (
    "bill", "deposit", "note", "payment", "set_off", "refund", "written_off", "undone", "other",
)  # fmt: skip
LABELS: dict[str, Sentence] = {
    BILL: _("Bill"),
    DEPOSIT: _("Deposit"),
    NOTE: pgettext_lazy("row of a statement", "Credit note"),
    PAYMENT: pgettext_lazy("row of a statement", "Payment"),
    SET_OFF: pgettext_lazy("row of a statement", "Out of the deposit"),
    REFUND: pgettext_lazy("row of a statement", "Refund"),
    WRITTEN_OFF: pgettext_lazy("row of a statement", "Written off"),
    UNDONE: pgettext_lazy("row of a statement", "Taken back"),
    OTHER: pgettext_lazy("row of a statement", "Other"),
}
BY_SOURCE = {
    "billing.creditnote": NOTE,
    "billing.invoice": WRITTEN_OFF,
    "billing.payment": PAYMENT,
    "billing.refund": REFUND,
}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """``amount`` is what the organisation owes more by it, below zero what it owes less;
    ``balance`` what it owes after it, below zero its credit. ``source_type`` and ``source_id``
    name the row it was posted for."""

    on: date
    kind: str
    number: str
    amount: Decimal
    balance: Decimal
    source_type: str
    source_id: int
    due_on: date | None = None

    @property
    def label(self) -> Sentence:
        return LABELS[self.kind]

    @property
    def charged(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def settled(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class StatementOfAccount:
    """Of one organisation in one currency, both days included. Balances above zero are owed by the
    organisation, below zero they are its credit. ``aged`` are the bills open at the end of
    ``until``: their sum and the closing balance differ by credit that is on no bill."""

    tenant: Tenant
    currency: str
    since: date
    until: date
    opening: Decimal
    rows: list[StatementRow]
    aged: Aged

    @property
    def closing(self) -> Decimal:
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def credit(self) -> Decimal:
        """What was paid and is on no bill, refunds that are to be paid included."""
        return self.aged.total - self.closing

    @property
    def charged(self) -> Decimal:
        return sum((row.charged or ZERO for row in self.rows), ZERO)

    @property
    def settled(self) -> Decimal:
        return sum((row.settled or ZERO for row in self.rows), ZERO)


def statement_of(tenant: Tenant, currency: str, since: date, until: date) -> StatementOfAccount:
    """The account of ``tenant`` from its books, by the days things count for. Nothing is rounded.

    Asks no permission: for callers who found the organisation by ``visible_to`` and may read its
    bills. Raises InvalidInput for days in the wrong order.
    """
    if since > until:
        raise InvalidInput(fields={"until": BACKWARDS})
    opening = _moves(tenant, currency, voucher__effective_on__lt=since).aggregate(sum=_owed())
    span = _moves(tenant, currency, voucher__effective_on__range=(since, until))
    before = opening["sum"] or ZERO
    bills = Invoice.objects.filter(tenant=tenant, currency=currency)
    aged = ageing(bills, until) or [Aged(tenant.pk, tenant.name, tenant.name_en, currency)]
    rows = _rows(tenant, _by_voucher(span), before)
    return StatementOfAccount(tenant, currency, since, until, before, rows, aged[0])


def currencies_of(tenant: Tenant) -> list[str]:
    """In which an organisation has something on its account."""
    found = Entry.objects.filter(tenant_id=tenant.pk, account__code__in=CODES)
    return sorted(set(found.order_by().values_list("currency", flat=True).distinct()))


def _moves(tenant: Tenant, currency: str, **days: Any) -> QuerySet[Entry]:
    return Entry.objects.filter(
        tenant_id=tenant.pk, currency=currency, account__code__in=CODES, **days
    )


def _owed() -> Any:
    return Sum(Case(When(Q(side=Side.DEBIT), then=F("amount")), default=-F("amount")))


def _by_voucher(moves: QuerySet[Any]) -> Iterable[dict[str, Any]]:
    """One line for each event that changes what is owed: credit that goes to a bill does not."""
    named = moves.order_by("voucher__effective_on", "voucher_id").values(
        "voucher_id",
        on=F("voucher__effective_on"),
        source_type=F("voucher__source_type"),
        source_id=F("voucher__source_id"),
        event=F("voucher__event"),
        memo=F("voucher__memo"),
        reverses=F("voucher__reverses_id"),
    )
    found: QuerySet[Any] = named.annotate(owed=_owed()).exclude(owed=0)
    return found


def _rows(tenant: Tenant, found: Iterable[dict[str, Any]], balance: Decimal) -> list[StatementRow]:
    lines = list(found)
    papers = _Papers(tenant, lines)
    rows = []
    for line in lines:
        balance += line["owed"]
        kind, due_on = papers.kind_of(line)
        rows.append(
            StatementRow(
                line["on"], kind, line["memo"], line["owed"], balance, line["source_type"],
                line["source_id"], due_on,
            )
        )  # fmt: skip
    return rows


class _Papers:
    """What is to be known of the rows that a statement's lines were posted for."""

    def __init__(self, tenant: Tenant, lines: list[dict[str, Any]]) -> None:
        bills = Invoice.objects.filter(tenant=tenant, pk__in=_ids(lines, "billing.invoice"))
        self.bills = {each.pk: each for each in bills.only("series", "due_on")}
        payments = Payment.objects.filter(tenant=tenant, pk__in=_ids(lines, "billing.payment"))
        set_off = payments.filter(method=PaymentMethod.DEPOSIT)
        self.set_off = set(set_off.values_list("pk", flat=True))

    def kind_of(self, line: dict[str, Any]) -> tuple[str, date | None]:
        """What to call it, and when it is due."""
        source, key = line["source_type"], line["source_id"]
        if line["reverses"]:
            return UNDONE, None
        if source == "billing.invoice" and line["event"] == "issued":
            bill = self.bills[key]
            return DEPOSIT if bill.is_deposit else BILL, bill.due_on
        if source == "billing.payment" and key in self.set_off:
            return SET_OFF, None
        return BY_SOURCE.get(source, OTHER), None


def _ids(lines: list[dict[str, Any]], source_type: str) -> set[int]:
    return {line["source_id"] for line in lines if line["source_type"] == source_type}
