"""Months that close in turn, and are opened again with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from ledger import checklist, housekeeping
from ledger.checklist import OpenItem
from ledger.models import Period, PeriodState, PeriodStep
from ledger.operations import periods
from tests.ledger.making import NOW, TODAY, billed, everything, inside, overview, source
from tests.spaces.making import office

pytestmark = pytest.mark.django_db
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)
BEFORE = LAST_MONTH.replace(day=1) - timedelta(days=1)


@pytest.fixture
def months(enterprise, park):
    """The last two and this one, newest last; the first has a voucher."""
    billed(enterprise, effective_on=BEFORE)
    with inside(park):
        housekeeping.tidy(NOW)
    with overview():
        return list(Period.objects.order_by("starts_on"))


def closed(member, period):
    with office(member) as actor:
        return periods.close_period(actor=actor, now=NOW, period=period)


def reopened(member, period, reason="A bill came late"):
    with office(member) as actor:
        return periods.reopen_period(actor=actor, now=NOW, period=period, reason=reason)


def test_each_month_has_its_row_once(months, park):
    assert [row.ends_on for row in months[:2]] == [BEFORE, LAST_MONTH]
    assert months[2].starts_on <= TODAY <= months[2].ends_on
    before = everything()
    with inside(park):
        housekeeping.tidy(NOW)
    assert everything() == before


def test_a_closed_month_takes_nothing_and_nothing_before_it_does(months, enterprise, staff):
    own = closed(staff, months[0])
    assert (own.state, own.vouchers) == (PeriodState.CLOSED, 1)
    before = everything()
    for day in (BEFORE, BEFORE.replace(day=1), BEFORE - timedelta(days=400)):
        with pytest.raises(DomainError) as refusal:
            billed(enterprise, effective_on=day)
        assert refusal.value.code == "voucher_in_open_period"
    assert everything() == before
    billed(enterprise, effective_on=LAST_MONTH)


def test_what_was_posted_before_is_still_given_back(months, enterprise, staff):
    cause = source()
    voucher = billed(enterprise, source=cause, effective_on=BEFORE)
    closed(staff, months[0])
    assert billed(enterprise, source=cause, effective_on=BEFORE) == voucher


def test_months_close_in_turn_and_open_from_the_last(months, staff):
    before = everything()
    with pytest.raises(DomainError) as refusal:
        closed(staff, months[1])
    assert refusal.value.code == "period_in_turn"
    assert everything() == before
    closed(staff, months[0])
    closed(staff, months[1])
    before = everything()
    with pytest.raises(DomainError) as refusal:
        reopened(staff, months[0])
    assert refusal.value.code == "period_in_turn"
    assert everything() == before
    reopened(staff, months[1])
    reopened(staff, months[0])


def test_a_month_that_goes_on_is_not_closed(months, staff):
    closed(staff, months[0])
    closed(staff, months[1])
    before = everything()
    with pytest.raises(InvalidInput):
        closed(staff, months[2])
    assert everything() == before


def test_it_is_opened_again_with_a_reason(months, enterprise, staff):
    closed(staff, months[0])
    before = everything()
    with pytest.raises(DomainError) as refusal:
        reopened(staff, months[0], "  ")
    assert refusal.value.code == "period_reopened_says_why"
    assert everything() == before
    reopened(staff, months[0])
    billed(enterprise, effective_on=BEFORE)
    with overview():
        steps = PeriodStep.objects.order_by("pk").values_list("kind", "reason", "by")
        assert list(steps) == [
            ("closed", "", staff.user_id), ("reopened", "A bill came late", staff.user_id)
        ]  # fmt: skip


def test_closed_is_not_closed_and_open_not_opened(months, staff):
    with pytest.raises(WrongState):
        reopened(staff, months[0])
    closed(staff, months[0])
    with pytest.raises(WrongState):
        closed(staff, months[0])


def test_something_open_keeps_it_open(months, staff, monkeypatch):
    monkeypatch.setitem(
        checklist._providers,
        "tests",
        lambda period: [OpenItem("3 lines of %(bank)s", {"bank": "x"})],
    )
    before = everything()
    with pytest.raises(DomainError) as refusal:
        closed(staff, months[0])
    assert refusal.value.code == "period_items_open"
    assert "3 lines of x" in str(refusal.value)
    assert everything() == before


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", "both"),
        ("manager", "both"),
        ("finance", "close"),
        ("operations", ""),
        ("member", ""),
    ],
)
def test_who_closes_and_who_opens(months, staff, park, make, role, may):
    member = make.member(park, role, is_staff=True)
    if not may:
        with pytest.raises(NotPermitted):
            closed(member, months[0])
        closed(staff, months[0])
    else:
        closed(member, months[0])
    if may != "both":
        with pytest.raises(NotPermitted):
            reopened(member, months[0])
    else:
        reopened(member, months[0])
