"""From a lease's rent and a room's hours to bills that two files of banks pay, in two currencies.

The park's bookkeeper and the organisation's owner, in either language.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlwt
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount, StatementLine
from billing.models import Charge, Invoice, InvoiceRun, InvoiceState, Payment
from billing.operations import charging
from billing.operations.terms import add_tax_rate
from foundation.refs import ref_of
from ledger.checking import drifts
from offices.operations import bookings
from tenants.isolation.context import STAFF, Identity, enter
from tests.banking.making import CHINESE, Fact, account, camt, rows_of
from tests.browser.story import browser, only, row_page, story
from tests.browser.walking import Walk
from tests.leasing.conftest import desk
from tests.leasing.making import Desk
from tests.offices.conftest import rule
from tests.offices.test_bookings import HOUR, NOON, booked
from tests.proof import TOLD_IN
from tests.spaces.conftest import grounds
from tests.spaces.making import NOW, Grounds, office, portal
from tests.trade.wizard import run_jobs

__all__ = ["browser", "desk", "grounds", "rule", "story"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TODAY = timezone.localdate(NOW)
NAME = "海河贸易有限公司"
NUMBER = "6222020008102026118"


@pytest.mark.parametrize("language", TOLD_IN)
def test_from_what_is_owed_to_nothing_owed(
    language, story, staff, owner, desk, grounds, rule, park
):
    yuan = account(staff, currency="CNY", number=NUMBER, bank="ICBC", swift="ICBKCNBJ")
    account(staff, currency="SGD", bank="DBS", swift="DBSSSGSG")
    owed(desk, owner, staff, grounds)
    told = story(language)
    books, firm = told.member(staff, "books"), told.member(owner, "owner")
    bills = issue(books, park)
    assert {bill.currency for bill in bills} == {"CNY", "SGD"}
    for bill in bills:
        read(firm, owner, bill)
    upload(books, park, "流水.xls", old_workbook(by(bills, "CNY")), account=str(yuan.pk))
    upload(books, park, "statement.xml", message(by(bills, "SGD")))
    reconcile(books, len(bills))
    see_nothing_owed(firm, owner, bills)
    with enter(Identity(STAFF)):
        assert list(drifts()) == []
    assert told.complaints == []


def owed(desk: Desk, owner: Any, staff: Any, grounds: Grounds) -> None:
    """Deposit and rent of a lease, hours of a room, and a service in Singapore dollars."""
    with office(staff) as actor:
        for kind, percent in (("rent", 9), ("booking", 9), ("service", 6)):
            add_tax_rate(
                actor=actor, now=NOW, kind=kind, valid_from=date(2026, 1, 1),
                percent=Decimal(percent), source="增值税法第十条",
            )  # fmt: skip
    desk.effective(owner.tenant)
    booking = booked(owner, grounds.add())
    with portal(owner) as actor:
        bookings.check_in(actor=actor, now=NOON, booking=booking)
        bookings.settle(actor=actor, now=NOON + 3 * HOUR)
    with office(staff) as actor:
        charging.charge_by_hand(
            actor=actor, now=NOW, debtor=owner.tenant, kind="service", period=TODAY,
            what="Singapore desk", currency="SGD", due_on=TODAY, quantity=Decimal(3),
            unit_price=Decimal(160),
        )  # fmt: skip


def issue(books: Walk, park: Any) -> list[Invoice]:
    """A run over everything that comes due: gathered, looked at, issued."""
    books.go("/staff/billing/invoicerun/add/")
    books.fill(upto=f"{TODAY + timedelta(days=30)}", issue_on=f"{TODAY}")
    books.save()
    run_jobs(park)
    row = row_page(only(InvoiceRun))
    books.go(f"{row}change/")
    books.step(row, "issue")
    run_jobs(park)
    books.go(f"{row}change/")
    with enter(Identity(STAFF)):
        assert not Charge.objects.to_bill().exists()
        bills = list(Invoice.objects.filter(state=InvoiceState.ISSUED).order_by("pk"))
        kinds = {kind for bill in bills for kind in bill.lines.values_list("kind", flat=True)}
    assert kinds == {"deposit", "rent", "booking", "service"}
    assert books.says(*(bill.number for bill in bills))
    return bills


def by(bills: list[Invoice], currency: str) -> list[Invoice]:
    return [bill for bill in bills if bill.currency == currency]


def address(name: str, owner: Any, **more: Any) -> str:
    return reverse(f"billing:{name}", kwargs={"tenant": owner.tenant.slug, **more})


def read(firm: Walk, owner: Any, bill: Invoice) -> None:
    """In the list, at its page with where to pay it, and on paper."""
    firm.go(address("bills", owner))
    assert firm.says(bill.number)
    firm.go(address("bill", owner, pk=bill.pk))
    assert firm.says(bill.number, f"{bill.total:,.2f}")
    paper = firm.page.request.get(f"{firm.base}{address('paper', owner, pk=bill.pk)}")
    assert paper.ok
    assert paper.body().startswith(b"%PDF")


def facts_of(bills: list[Invoice]) -> list[Fact]:
    return [Fact(bill.total, TODAY, NAME, f"付 {bill.reference}") for bill in bills]


def old_workbook(bills: list[Invoice]) -> bytes:
    """As a Chinese bank exports it: a title, the account, a head in Chinese, .xls of 1997."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("交易明细")
    above = [["账户交易明细"], ["账号", NUMBER], CHINESE]
    for number, row in enumerate([*above, *rows_of(facts_of(bills))]):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def message(bills: list[Invoice]) -> bytes:
    """camt.053."""
    return camt(facts_of(bills), balances=False).replace(b"EUR", b"SGD")


def upload(books: Walk, park: Any, name: str, content: bytes, **values: Any) -> None:
    books.go(reverse("admin:banking_upload"))
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    books.fill(file=file, take="on", **values)
    books.send()
    run_jobs(park)
    books.go(books.page.url)


def reconcile(books: Walk, lines: int) -> None:
    """One by its own button, the others at once: their references are certain."""
    with enter(Identity(STAFF)):
        assert StatementLine.objects.count() == lines
        assert BankAccount.objects.count() == 2
    books.go(reverse("admin:reconciliation"))
    books.send("/acceptance/")
    books.send("/certain/")
    with enter(Identity(STAFF)):
        assert Payment.objects.filter(state="succeeded").count() == lines


def see_nothing_owed(firm: Walk, owner: Any, bills: list[Invoice]) -> None:
    with enter(Identity(STAFF)):
        left = [bill.open_amount for bill in Invoice.objects.filter(pk__in=bills_keys(bills))]
        assert set(left) == {Decimal(0)}
        assert not Charge.objects.open().exists()
    firm.go(address("bills", owner))
    firm.go(address("payments", owner))
    for currency in ("CNY", "SGD"):
        firm.go(f"{address('statement', owner)}?currency={currency}")
        assert firm.page.locator("main dd strong").first.inner_text().endswith("0.00")
    firm.go(address("bill", owner, pk=bills[0].pk))
    assert ref_of(bills[0].pk, "bill") in firm.page.url


def bills_keys(bills: list[Invoice]) -> list[int]:
    return [bill.pk for bill in bills]
