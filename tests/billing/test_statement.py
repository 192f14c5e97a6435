"""Statements of account by the books, and how long bills have been open."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from billing import statements
from billing.ageing import LIMITS, age_of, ageing, open_on, totals_by_age
from billing.models import ChargeKind, Invoice, Payment
from billing.operations import crediting, deposits, paying, refunding
from billing.papers import (
    ageing_xlsx,
    bills_xlsx,
    payments_xlsx,
    statement_of,
    statement_pdf,
    statement_xlsx,
)
from foundation import pdf
from foundation.errors import InvalidInput
from foundation.tables.source import open_table
from ledger.models import Account
from tenants.isolation.context import STAFF, Identity, enter
from tests.billing.papers_making import TODAY, bill
from tests.billing.test_papers import manager, printed
from tests.spaces.conftest import rival
from tests.spaces.making import NOW, office, portal


def sums(*figures: Any) -> tuple[Any, ...]:
    return figures


pytestmark = pytest.mark.django_db
__all__ = ["manager", "rival"]
D = Decimal


def days_ago(days: int) -> Any:
    return TODAY - timedelta(days=days)


@pytest.fixture
def finance(make, park):
    return make.member(park, "finance", is_staff=True)


def received(staff, tenant, amount, *, shares=None, ago=0, currency="CNY") -> Payment:
    with office(staff) as actor:
        return paying.receive(
            actor=actor, now=NOW, tenant=tenant, amount=D(amount), currency=currency,
            received_on=days_ago(ago), reference=f"ICBC {amount}", shares=shares,
        )  # fmt: skip


def told(own) -> list[tuple[str, str, Decimal, Decimal]]:
    return [(row.kind, row.number, row.amount, row.balance) for row in own.rows]


def test_rows_between_two_balances(owner, manager) -> None:
    tenant = owner.tenant
    old = bill(manager, tenant, {"amount": D(300)}, on=days_ago(60))
    new = bill(manager, tenant, {"amount": D(100)}, on=days_ago(10))
    received(manager, tenant, 350, shares={old.pk: D(300)}, ago=5)
    with office(manager) as actor:
        note = crediting.credit(actor=actor, now=NOW, invoice=new, reason="x")
    with portal(owner):
        own = statement_of(tenant, "CNY", days_ago(30), TODAY)
    assert own.opening == 300
    assert told(own) == [
        ("bill", new.number, D(100), D(400)),
        ("payment", "ICBC 350", D(-350), D(50)),
        ("note", note.number, D(-100), D(-50)),
    ]
    assert sums(own.closing, own.charged, own.settled, own.credit) == (-50, 100, 450, 50)
    assert own.rows[0].due_on == new.due_on
    with portal(owner):
        before = statement_of(tenant, "CNY", days_ago(90), days_ago(31))
    assert sums(before.opening, before.closing, before.aged.total) == (0, 300, 300)


def test_what_was_paid_is_the_same_when_it_goes_to_a_bill(owner, manager) -> None:
    made = bill(manager, owner.tenant)
    payment = received(manager, owner.tenant, 100)
    with portal(owner):
        before = statement_of(owner.tenant, "CNY", TODAY, TODAY)
    with office(manager) as actor:
        paying.apply(actor=actor, now=NOW, payment=payment, shares={made.pk: D(100)})
    with portal(owner):
        after = statement_of(owner.tenant, "CNY", TODAY, TODAY)
    assert told(after) == told(before)
    assert sums(before.aged.total, after.aged.total) == (100, 0)


def test_the_ways_back(owner, manager) -> None:
    """A payment that the bank takes back, a write-off, a deposit that is set off."""
    tenant = owner.tenant
    made = bill(manager, tenant, {"amount": D(100)})
    lost = received(manager, tenant, 40)
    deposit = bill(manager, tenant, {"kind": ChargeKind.DEPOSIT, "amount": D(500)})
    received(manager, tenant, 500, shares={deposit.pk: D(500)})
    with office(manager) as actor:
        paying.return_payment(actor=actor, now=NOW, payment=lost, reason="no cover")
        paying.write_off(actor=actor, now=NOW, invoice=made, amount=D("0.50"))
        deposits.release(actor, NOW, tenant, D(500), "CNY", "moved out")
    with enter(Identity(STAFF)):
        before = statement_of(tenant, "CNY", TODAY, TODAY)
    assert [(row.kind, row.amount) for row in before.rows] == [
        ("bill", 100), ("payment", -40), ("deposit", 500), ("payment", -500), ("undone", 40),
        ("written_off", D("-0.5")), ("set_off", -500),
    ]  # fmt: skip
    assert before.closing == D("-400.5")


def test_a_refund_counts_when_it_is_paid(make, park, owner, manager, finance) -> None:
    leader = make.member(park, "owner", is_staff=True)
    payment = received(manager, owner.tenant, 100)
    with office(finance) as actor:
        refund = refunding.request_refund(
            actor=actor, now=NOW, payment=payment, amount=D(60), to_account="1", reason="x"
        )
    with office(leader) as actor:
        refunding.approve(actor=actor, now=NOW, refund=refund)
    with portal(owner):
        between = statement_of(owner.tenant, "CNY", TODAY, TODAY)
    assert sums(len(between.rows), between.closing, between.credit) == (1, -100, 100)
    with office(finance) as actor:
        refunding.pay_refund(actor=actor, now=NOW, refund=refund, paid_on=TODAY, reference="R1")
    with portal(owner):
        after = statement_of(owner.tenant, "CNY", TODAY, TODAY)
    assert told(after)[1:] == [("refund", "R1", D(60), D(-40))]


def test_currencies_and_organisations_are_apart(owner, manager, rival) -> None:
    bill(manager, owner.tenant, {"amount": D(100)})
    bill(manager, owner.tenant, {"amount": D(7), "currency": "USD"})
    bill(manager, rival.tenant, {"amount": D(9)})
    with enter(Identity(STAFF)):
        own = statement_of(owner.tenant, "CNY", TODAY, TODAY)
        assert sums(own.closing, own.aged.total) == (100, 100)
        assert statements.currencies_of(owner.tenant) == ["CNY", "USD"]
        assert statements.currencies_of(rival.tenant) == ["CNY"]
    with portal(rival):
        other = statement_of(owner.tenant, "CNY", TODAY, TODAY)
    assert sums(other.rows, other.closing, other.aged.total) == ([], 0, 0)


def test_days_are_in_order(owner) -> None:
    with portal(owner), pytest.raises(InvalidInput):
        statement_of(owner.tenant, "CNY", TODAY, days_ago(1))


@pytest.mark.parametrize("seed", range(3))
def test_open_bills_less_credit_are_what_the_books_say(owner, manager, seed) -> None:
    """Whatever happens: on any day, bills as of that day less credit are the closing balance, and
    one statement begins where the one before it ends."""
    chance = random.Random(seed)  # noqa: S311
    tenant = owner.tenant
    bills = [
        bill(manager, tenant, {"amount": D(chance.randint(50, 900))}, on=days_ago(chance.randint(0, 99)))
        for _ in range(5)
    ]  # fmt: skip
    for one in bills[:3]:
        share = D(chance.randint(1, int(one.total) - 2))
        received(manager, tenant, share + 10, shares={one.pk: share}, ago=chance.randint(0, 50))
    with office(manager) as actor:
        paying.write_off(actor=actor, now=NOW, invoice=bills[0], amount=D("0.5"))
        line = bills[1].lines.get()
        crediting.credit(
            actor=actor, now=NOW, invoice=bills[1], reason="x", amounts={line.pk: line.amount - 1}
        )
    with portal(owner):
        receivable = Account.objects.get(code="receivable")
        unapplied = Account.objects.get(code="unapplied")
        whole = statement_of(tenant, "CNY", days_ago(200), TODAY)
        assert (whole.aged.total, whole.credit) == (receivable.balance, unapplied.balance)
        for middle in (days_ago(chance.randint(1, 99)) for _ in range(4)):
            first = statement_of(tenant, "CNY", days_ago(200), middle)
            second = statement_of(tenant, "CNY", middle + timedelta(days=1), TODAY)
            assert second.opening == first.closing
            assert second.closing == whole.closing
            assert first.credit >= 0
            moved = sum(row.amount for row in first.rows + second.rows)
            assert moved == whole.closing


def test_the_sums_of_a_day_are_those_that_are_stored(owner, manager, monkeypatch) -> None:
    """What is counted up to today for a day of the past is what the bills say."""
    made = bill(manager, owner.tenant, {"amount": D(300)}, {"amount": D(50)})
    received(manager, owner.tenant, 100, shares={made.pk: D(100)})
    with office(manager) as actor:
        paying.write_off(actor=actor, now=NOW, invoice=made, amount=D("0.7"))
        line = made.lines.get(position=2)
        crediting.credit(actor=actor, now=NOW, invoice=made, reason="x", amounts={line.pk: D(20)})
        stored = list(open_on(Invoice.objects.all(), TODAY).values_list("pk", "left"))
        monkeypatch.setattr("billing.ageing.timezone.localdate", lambda: TODAY + timedelta(days=1))
        counted = list(open_on(Invoice.objects.all(), TODAY).values_list("pk", "left"))
    assert stored == counted == [(made.pk, D("229.3"))]


@pytest.mark.parametrize(
    ("days", "age"),
    [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)],
)
def test_ages_begin_the_day_after(days, age) -> None:
    assert age_of(days_ago(days), TODAY) == age
    assert LIMITS == (0, 30, 60, 90)


def test_ages_by_organisation_and_currency(owner, manager, rival) -> None:
    for ago in (120, 75, 45, 20, 0):
        bill(
            manager,
            owner.tenant,
            {"amount": D(100 + ago), "due_on": days_ago(ago)},
            on=days_ago(ago + 10),
        )
    bill(manager, rival.tenant, {"amount": D(7), "currency": "USD"})
    with enter(Identity(STAFF)):
        found = ageing(Invoice.objects.all(), TODAY)
        one = next(row for row in found if row.tenant_id == owner.tenant_id)
    assert sums(*one.amounts) == (100, 120, 145, 175, 220)
    assert sums(one.bills, one.oldest_due_on, one.total, one.overdue) == (
        5,
        days_ago(120),
        760,
        660,
    )
    assert {(row.tenant_id, row.currency) for row in found} == {
        (owner.tenant_id, "CNY"), (rival.tenant_id, "USD")
    }  # fmt: skip
    assert sums(*totals_by_age(found)["USD"]) == (7, 0, 0, 0, 0)
    with portal(rival) as actor:
        own = ageing(Invoice.objects.visible_to(actor), TODAY)
    assert [row.tenant_id for row in own] == [rival.tenant_id]


# -- on paper and in workbooks -----------------------------------------------------------------------


def test_a_statement_on_paper(owner, manager) -> None:
    if not pdf.has_fonts():
        pytest.skip("no fonts: run make setup")
    made = bill(manager, owner.tenant, {"amount": D(1300)}, on=days_ago(3))
    received(manager, owner.tenant, 2000)
    with portal(owner):
        text = printed(statement_pdf(statement_of(owner.tenant, "CNY", days_ago(9), TODAY)))
    for words in (
        owner.tenant.name, "Statement of account", f"{days_ago(9)} – {TODAY}", made.number,
        "ICBC 2000", "1,300.00", "2,000.00", "CNY -700.00", "Opening balance", "1–30 days",
        "Paid, and on no bill yet CNY 2,000.00", "1/1",
    ):  # fmt: skip
        assert words in text


def cells(content: bytes) -> list[list[Any]]:
    with open_table(io.BytesIO(content)) as table:
        return [list(table.headers), *(list(row) for _line, row in table.rows())]


def test_workbooks_hold_what_the_pages_show(owner, manager) -> None:
    made = bill(manager, owner.tenant, {"amount": D(1300), "what": "=1+1"}, on=days_ago(3))
    received(manager, owner.tenant, "300.50", shares={made.pk: D("300.50")})
    with translation.override("en"), office(manager):
        bills = cells(bills_xlsx(Invoice.objects.all()))
        payments = cells(payments_xlsx(Payment.objects.all()))
        own = statement_of(owner.tenant, "CNY", days_ago(9), TODAY)
        rows = cells(statement_xlsx(own))
        aged = cells(ageing_xlsx([own.aged]))
    assert bills[1][:3] == [made.number, made.reference, owner.tenant.name]
    assert [D(cell) for cell in bills[1][8:13]] == [1300, D("300.5"), 0, 0, D("999.5")]
    assert payments[1][1:2] + payments[1][4:6] == [owner.tenant.name, "ICBC 300.50", "CNY"]
    assert [row[1] for row in rows[1:]] == ["Opening balance", "Bill", "Payment", "Closing balance"]
    assert [D(row[7]) for row in rows[1:]] == [0, 1300, D("999.5"), D("999.5")]
    assert D(aged[1][-1]) == D("999.5")


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "＝1", "\t=1"])
def test_no_cell_runs(owner, manager, text) -> None:
    bill(manager, owner.tenant)
    with office(manager) as actor:
        paying.receive(
            actor=actor, now=NOW, tenant=owner.tenant, amount=D(1), currency="CNY",
            received_on=TODAY, reference=f"{text}.", note=text,
        )  # fmt: skip
        own = statement_of(owner.tenant, "CNY", TODAY, TODAY)
        files = [payments_xlsx(Payment.objects.all()), statement_xlsx(own)]
    for content in files:
        assert b"<f>" not in unpacked(content)


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
