"""The organisation's pages of its bills: what it sees, whose, and what it never sees."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from banking.models import BankAccount
from billing import ways_to_pay
from billing.models import Payment
from billing.own_home import sources, tiles
from billing.ways_to_pay import PayWay
from foundation.home import Destination
from tenants.isolation.context import STAFF, Identity, enter
from tests.billing.owing import TODAY, D
from tests.spaces.conftest import rival
from tests.spaces.making import NOW, portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
MONEY = ["owner", "manager", "finance"]
OTHERS = ["operations", "member"]


def page(member: Any, name: str = "bills", **arguments: Any) -> str:
    return reverse(f"billing:{name}", kwargs={"tenant": member.tenant.slug, **arguments})


def account_of_park(**values: Any) -> BankAccount:
    known = {
        "holder": "Haihe Park Ltd", "number": "622202000077", "bank": "ICBC Tianjin",
        "swift": "ICBKCNBJTJP", "currency": "CNY",
    }  # fmt: skip
    with enter(Identity(STAFF)):
        return BankAccount.objects.create(**(known | values))


def test_open_ones_first_with_the_sums_of_each_currency(owner, desk, sign_in) -> None:
    paid = desk.bill(owner.tenant, 10)
    desk.pay(owner.tenant, 15, paid)
    late = desk.late_bill(owner.tenant, 20)
    desk.bill(owner.tenant, 30, currency="USD")
    desk.charge(owner.tenant, 99)
    answer = sign_in(owner).get(page(owner))
    found = [
        (each.currency, each.open, each.overdue, each.credit) for each in answer.context["balances"]
    ]
    assert found == [("CNY", D(20), D(20), D(5)), ("USD", D(30), D(0), D(0))]
    assert answer.context["open"][0][0].number == late.number
    assert [row.number for row, _tone in answer.context["settled"]] == [paid.number]
    assert answer.context["not_billed"]


def test_settled_ones_are_paged(owner, desk, sign_in, monkeypatch) -> None:
    first, second = desk.bill(owner.tenant), desk.bill(owner.tenant)
    desk.pay(owner.tenant, 200, first, second)
    monkeypatch.setattr("backbone.paging.page_of.__defaults__", (1,))
    client = sign_in(owner)
    older = client.get(page(owner)).context["page"].older
    answer = client.get(page(owner), {"after": older})
    assert [row.pk for row, _tone in answer.context["settled"]] == [first.pk]
    assert not answer.context["is_first"]


def test_a_bill_says_how_to_pay_it_until_it_is_paid(owner, desk, sign_in) -> None:
    account_of_park()
    bill, client = desk.bill(owner.tenant, "1234.5"), sign_in(owner)
    shown = client.get(page(owner, "bill", pk=bill.pk)).text
    for text in ("Haihe Park Ltd", "622202000077", "ICBC Tianjin", "ICBKCNBJTJP", "1234.50"):
        assert f">{text}</span>" in shown
    assert f">{bill.reference}</span>" in shown
    desk.pay(owner.tenant, "1234.5", bill)
    shown = client.get(page(owner, "bill", pk=bill.pk)).text
    assert "622202000077" not in shown
    assert "ICBC 7" in shown


def test_without_an_account_the_reference_is_still_there(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    assert bill.reference in sign_in(owner).get(page(owner, "bill", pk=bill.pk)).text


def test_a_code_for_singapore_dollars_and_for_nothing_else(owner, desk, sign_in, settings) -> None:
    settings.PARK_PAYNOW_UEN = "201403121W"
    account_of_park(currency="SGD")
    client = sign_in(owner)
    codes = {
        currency: '<svg class="qr"'
        in client.get(page(owner, "bill", pk=desk.bill(owner.tenant, currency=currency).pk)).text
        for currency in ("SGD", "CNY")
    }
    assert codes == {"SGD": True, "CNY": False}


def test_an_app_adds_its_way_to_pay(owner, desk, sign_in, monkeypatch) -> None:
    bill, client = desk.bill(owner.tenant), sign_in(owner)
    way = PayWay("Pay by carrier pigeon", Destination("billing:payments"))
    monkeypatch.setattr(ways_to_pay, "_ways", {"pigeon": lambda actor, invoice: way})
    assert "carrier pigeon" in client.get(page(owner, "bill", pk=bill.pk)).text
    desk.pay(owner.tenant, 100, bill)
    assert "carrier pigeon" not in client.get(page(owner, "bill", pk=bill.pk)).text


def test_a_payment_under_way_warns_of_paying_again(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    with enter(Identity(STAFF)):
        Payment.objects.create(
            tenant=owner.tenant, method="provider", provider="x", state="unknown",
            amount=100, currency="CNY", invoice=bill,
        )  # fmt: skip
    answer = sign_in(owner).get(page(owner, "bill", pk=bill.pk))
    assert answer.context["under_way"].state == "unknown"


def test_credit_notes_stand_at_their_bill(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    note = desk.credit(bill, "Broken heating")
    client = sign_in(owner)
    shown = client.get(page(owner, "bill", pk=bill.pk)).text
    assert note.number in shown
    assert "Broken heating" in shown
    answer = client.get(page(owner, "credit_note", pk=note.pk))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_payments_say_what_they_paid_and_what_is_left(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    desk.pay(owner.tenant, 130, bill)
    answer = sign_in(owner).get(page(owner, "payments"))
    ((payment, _tone, shares, refunds),) = answer.context["rows"]
    assert [(share.bill.number, share.amount) for share in shares] == [(bill.number, D(100))]
    assert (payment.credit, answer.context["credit"], refunds) == (D(30), "CNY 30.00", [])


def _shared(book: zipfile.ZipFile) -> str:
    name = "xl/sharedStrings.xml"
    return book.read(name).decode() if name in book.namelist() else ""


def test_files_to_take_away(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    desk.draft(owner.tenant, 77)
    client = sign_in(owner)
    paper = client.get(page(owner, "paper", pk=bill.pk))
    assert paper.content[:5] == b"%PDF-"
    assert f"{bill.number}.pdf" in paper.headers["Content-Disposition"]
    book = zipfile.ZipFile(BytesIO(client.get(page(owner, "export")).content))
    words = book.read("xl/worksheets/sheet1.xml").decode() + _shared(book)
    assert bill.number in words
    assert words.count("<row ") == 2
    for kind, start in (("pdf", b"%PDF-"), ("xlsx", b"PK\x03\x04")):
        answer = client.get(page(owner, "statement_file", kind=kind), {"currency": "CNY"})
        assert answer.content.startswith(start)


def test_a_statement_of_the_days_that_are_asked_for(owner, desk, sign_in) -> None:
    desk.pay(owner.tenant, 40)
    desk.late_bill(owner.tenant)
    client, address = sign_in(owner), page(owner, "statement")
    whole = client.get(address, {"since": "2020-01-01", "until": f"{TODAY}"}).context["account"]
    assert (whole.opening, whole.charged, whole.settled, whole.closing) == (0, 100, 40, 60)
    today = client.get(address, {"since": f"{TODAY}", "until": f"{TODAY}"}).context["account"]
    assert (today.opening, len(today.rows), today.closing) == (100, 1, 60)


@pytest.mark.parametrize(
    "asked",
    [{"since": "2026-02-01", "until": "2026-01-01"}, {"currency": "XXX"}, {"since": "never"}],
)
def test_a_statement_that_cannot_be_is_refused_at_its_field(owner, sign_in, asked) -> None:
    client = sign_in(owner)
    answer = client.get(page(owner, "statement"), asked)
    assert (answer.status_code, answer.context["account"]) == (200, None)
    assert client.get(page(owner, "statement_file", kind="pdf"), asked).status_code == 404
    assert client.get(page(owner, "statement_file", kind="doc")).status_code == 404


def test_charges_name_their_bill_and_what_is_settled(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    desk.pay(owner.tenant, 40)
    desk.charge(owner.tenant, 5)
    rows = sign_in(owner).get(page(owner, "charges")).context["rows"]
    assert [found.pk if found else None for _row, found, _tone, _late in rows] == [None, bill.pk]


def test_drafts_are_never_shown(owner, desk, sign_in) -> None:
    draft, client = desk.draft(owner.tenant, 77), sign_in(owner)
    for name in ("bill", "paper", "fapiao"):
        assert client.get(page(owner, name, pk=draft.pk)).status_code == 404
    answer = client.get(page(owner))
    assert (answer.context["open"], answer.context["settled"]) == ([], [])


def pages_of(member: Any, bill: Any) -> list[str]:
    here = [page(member, name) for name in ("bills", "payments", "statement", "export")]
    return [*here, *(page(member, name, pk=bill.pk) for name in ("bill", "paper"))]


def test_another_organisation_finds_none_of_it(owner, rival, desk, sign_in) -> None:
    bill, client = desk.bill(owner.tenant), sign_in(rival)
    note = desk.credit(bill)
    for name in ("bill", "paper", "fapiao"):
        assert client.get(page(rival, name, pk=bill.pk)).status_code == 404
    assert client.get(page(rival, "credit_note", pk=note.pk)).status_code == 404
    assert client.get(page(owner, "bill", pk=bill.pk)).status_code == 404
    assert client.get(page(rival)).context["open"] == []


@pytest.mark.parametrize("role", MONEY + OTHERS)
def test_only_those_who_answer_for_money_read_bills(make, owner, desk, sign_in, role) -> None:
    bill, who = desk.bill(owner.tenant), make.member(owner.tenant, role)
    client = sign_in(who)
    expected = 200 if role in MONEY else 403
    assert {client.get(path).status_code for path in pages_of(owner, bill)} == {expected}
    shown = client.get(f"/o/{owner.tenant.slug}/").text
    assert (page(owner) in shown) == (role in MONEY)


def test_home_tells_what_is_to_be_paid_and_what_is_late(make, owner, desk) -> None:
    def told(member: Any) -> tuple[list[str], list[str]]:
        with portal(member) as actor, translation.override("en"):
            late = [i for s in sources(actor=actor, now=NOW) for i in s.items()]
            here = tiles(actor=actor, now=NOW)
            return [str(i.title) for i in late], [f"{t.value} {t.note}".strip() for t in here]

    assert told(owner) == ([], [])
    bill = desk.late_bill(owner.tenant, 20)
    desk.bill(owner.tenant, 30, currency="USD")
    late = f"Overdue: bill {bill.number}, CNY 20.00"
    assert told(owner) == ([late], ["CNY 20.00 · USD 30.00 overdue: CNY 20.00"])
    assert told(make.member(owner.tenant, "member")) == ([], [])


def test_home_asks_no_more_than_twelve_times(owner, desk, sign_in) -> None:
    """As ``benchmarks/pages.py`` counts: opening and closing a transaction asks nothing."""
    desk.bill(owner.tenant, 30)
    client, home = sign_in(owner), f"/o/{owner.tenant.slug}/"
    client.get(home)
    with CaptureQueriesContext(connection) as captured:
        assert "CNY 30.00" in client.get(home).text
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    asked = [each for each in captured if not each["sql"].upper().startswith(frame)]
    assert len(asked) <= 12, [each["sql"][:200] for each in asked]
