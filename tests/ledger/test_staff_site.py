"""The books in the staff site: who reads them, what the pages say, the steps of accounts and months."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from foundation.actors import Actor
from ledger import checklist
from ledger.checklist import OpenItem
from ledger.models import Account, Hold, Period, Voucher
from ledger.operations import holds
from ledger.operations.periods import make_periods
from ledger.operations.posting import reverse as undo
from ledger.sections import section
from tests.ledger.making import NOW, TODAY, account, billed, deposited, inside, overview, source
from tests.spaces.making import office
from tests.spaces.test_staff_site import page

pytestmark = pytest.mark.django_db
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)


@pytest.fixture
def desk(sign_in, staff):
    return sign_in(staff)


@pytest.fixture
def books(enterprise):
    voucher = billed(enterprise, "1234.50", effective_on=LAST_MONTH)
    deposited(enterprise, "100")
    with inside(enterprise) as actor:
        undo(actor=actor, now=NOW, voucher=voucher, effective_on=TODAY, memo="Wrong room")
        holds.hold(
            actor=actor, now=NOW, tenant=enterprise, source=source(), event="damages",
            code="deposit", into="revenue:damage", amount=Decimal(30), currency="CNY",
            expires_at=NOW + timedelta(days=3), memo="A broken door",
        )  # fmt: skip
    return voucher


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_accounts_show_balance_and_what_is_held(books, enterprise, desk):
    assert "CNY 100.00" in text(desk.get(page(Account)))
    shown = text(desk.get(page(Account, row=account(enterprise, "deposit"))))
    assert "CNY 30.00" in shown


def test_a_voucher_shows_its_entries_and_its_reversal(books, enterprise, desk):
    shown = text(desk.get(page(Voucher, row=books)))
    assert shown.count("CNY 1,234.50") >= 2
    with overview():
        reversal = Voucher.objects.get(reverses=books)
    assert page(Voucher, row=reversal) in shown
    assert page(Voucher, row=books) in text(desk.get(page(Voucher, row=reversal)))
    assert "Wrong room" in text(desk.get(page(Voucher)))


def test_holds_are_listed_by_how_they_stand(books, desk):
    assert "A broken door" in text(desk.get(page(Hold) + "?standing=open"))
    assert "A broken door" not in text(desk.get(page(Hold) + "?standing=overdue"))
    with overview():
        row = Hold.objects.get()
    assert "CNY 30.00" in text(desk.get(page(Hold, row=row)))


def test_the_statement_has_a_running_balance_and_goes_on(books, enterprise, desk):
    own = account(enterprise)
    where = reverse("admin:ledger_account_statement", args=[own.pk])
    shown = text(desk.get(where))
    assert shown.index("Wrong room") < shown.index("Rent")
    assert "1,234.50" in shown
    assert "Wrong room" not in text(desk.get(where + "?before=2"))
    assert "Wrong room" in text(desk.get(where + "?before=nonsense"))


def test_the_trial_balance_sums_to_the_same_on_both_sides(books, desk):
    where = reverse("admin:ledger_trial_balance")
    now, then = desk.get(where), desk.get(f"{where}?on={LAST_MONTH}")
    assert now.context["totals"] == {"CNY": (100, 100)}
    assert then.context["totals"] == {"CNY": (Decimal("1234.5"), Decimal("1234.5"))}
    assert "1,234.50" in text(then)


def test_an_account_is_frozen_and_thawed_by_its_steps(books, enterprise, desk):
    own = account(enterprise)
    for step, state in (("freezing", "frozen"), ("thawing", "open")):
        assert page(Account, row=own, step=step) in text(desk.get(page(Account, row=own)))
        desk.post(page(Account, row=own, step=step))
        assert account(enterprise).state == state
    desk.post(page(Account, row=own, step="closing"))
    assert account(enterprise).state == "closed"


@pytest.fixture
def month(books, park):
    with overview():
        make_periods(actor=Actor(user_id=None, tenant_id=park.pk), now=NOW)
        return Period.objects.get(ends_on=LAST_MONTH)


def test_a_month_is_closed_and_opened_again(month, desk):
    desk.post(page(Period, row=month, step="closing"))
    month.refresh_from_db()
    assert (month.state, month.vouchers) == ("closed", 1)
    answer = desk.post(page(Period, row=month, step="reopening"), {"reason": ""})
    assert answer.context["form"].errors
    desk.post(page(Period, row=month, step="reopening"), {"reason": "A late bill"})
    assert "A late bill" in text(desk.get(page(Period, row=month)))


def test_a_month_says_what_is_to_be_done_before(month, desk, monkeypatch):
    item = OpenItem("4 lines of the bank")
    monkeypatch.setitem(checklist._providers, "tests", lambda period: [item])
    assert "4 lines of the bank" in text(desk.get(page(Period, row=month)))
    answer = desk.post(page(Period, row=month, step="closing"))
    assert "4 lines of the bank" in text(answer)
    month.refresh_from_db()
    assert month.state == "open"


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("owner", True),
        ("manager", True),
        ("finance", True),
        ("operations", False),
        ("member", False),
    ],
)
def test_who_of_the_park_reads_the_books(books, enterprise, park, make, sign_in, role, reads):
    client = sign_in(make.member(park, role, is_staff=True))
    own = account(enterprise)
    pages = [
        *(page(model) for model in (Account, Voucher, Hold, Period)),
        page(Account, row=own),
        reverse("admin:ledger_account_statement", args=[own.pk]),
        reverse("admin:ledger_trial_balance"),
    ]
    assert {client.get(where).status_code for where in pages} == {200 if reads else 403}


def test_the_organisations_page_has_its_books(books, enterprise, staff):
    with office(staff) as actor:
        found = section(actor, enterprise, NOW)
    assert found is not None
    assert [str(line.value) for line in found.lines] == ["CNY 100.00", "CNY 0.00"]
