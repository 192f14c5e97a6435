"""What the database knows of open bills and payers, in a fixed number of queries for any number of
lines, and the proposals that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F

from banking.models import StatementLine
from billing.models import BillingTerms, Invoice
from foundation.actors import Actor
from reconciliation.models import CAME_IN, Match
from reconciliation.permissions import permissions
from reconciliation.proposing import Bill, Book, Known, Line, Proposal, proposals
from reconciliation.referring import references_in
from reconciliation.texts import name_key
from tenants.models import Tenant

COLUMNS = ["pk", "tenant_id", "number", "reference", "currency", "open", "issued_on", "due_on"]


def left_of(line: StatementLine) -> Decimal:
    """What nobody dealt with, without its sign. Give lines with their tally."""
    tally = getattr(line, "tally", None)
    return abs(line.amount) if tally is None else tally.left


def plain(line: StatementLine) -> Line:
    said = (line.payee_reference, line.own_reference, line.remittance)
    return Line(
        pk=line.pk,
        amount=left_of(line) if line.amount > 0 else Decimal(0),
        currency=line.currency,
        booked_on=line.booked_on,
        texts=tuple(each for each in said if each),
        name=line.counterparty_name,
        account=line.counterparty_account,
    )


def book_for(actor: Actor, lines: Collection[Line], *, today: date) -> Book:
    """The open bills in the currencies of these lines, and whom they may be of."""
    if not lines or not permissions.permits(actor, "see_lines"):
        return Book([], Known())
    bills = _open_bills(actor, {line.currency for line in lines})
    return Book(
        bills,
        Known(
            names=_names(),
            payers=_payers({line.account for line in lines if line.account}),
            settled=_settled(actor, lines, {bill.reference for bill in bills}),
            tolerance=BillingTerms.on(today).tolerance,
        ),
    )


def proposed(
    actor: Actor, lines: Sequence[StatementLine], *, today: date
) -> dict[int, list[Proposal]]:
    """Proposals by key of the line."""
    own = [plain(line) for line in lines]
    coming = [line for line in own if line.amount > 0]
    book = book_for(actor, coming, today=today)
    return {line.pk: proposals(line, book) for line in own}


def _open_bills(actor: Actor, currencies: Collection[str]) -> list[Bill]:
    rows = Invoice.objects.visible_to(actor).open().filter(currency__in=currencies)
    left = F("total") - F("paid") - F("credited") - F("written_off")
    return [Bill(*row) for row in rows.annotate(open=left).values_list(*COLUMNS)]


def _names() -> dict[int, tuple[str, ...]]:
    """Of the organisations in the park and those that left: they may still owe. Not of the park
    itself, whose name stands in most texts."""
    rows = Tenant.objects.exclude(pk=Tenant.objects.operator().pk)
    return {
        pk: tuple({name_key(name) for name in names if name})
        for pk, *names in rows.values_list("pk", "name", "name_en")
    }


def _payers(accounts: Collection[str]) -> dict[str, int]:
    """Accounts that have paid for one organisation, and for no other."""
    rows = Match.objects.standing().filter(
        kind__in=CAME_IN, tally__line__counterparty_account__in=accounts
    )
    found: dict[str, set[int]] = defaultdict(set)
    for account, tenant_id in rows.values_list(
        "tally__line__counterparty_account", "payment__tenant_id"
    ).distinct():
        found[account].add(tenant_id)
    return {account: next(iter(of)) for account, of in found.items() if len(of) == 1}


def _settled(
    actor: Actor, lines: Collection[Line], known: Collection[str]
) -> dict[str, tuple[int, str]]:
    """Bills with nothing open that the texts name by their reference."""
    said = {each for line in lines for text in line.texts for each in references_in(text)}
    rows = Invoice.objects.visible_to(actor).issued().filter(reference__in=said - set(known))
    return {
        reference: (tenant_id, number)
        for reference, tenant_id, number in rows.values_list("reference", "tenant_id", "number")
    }
