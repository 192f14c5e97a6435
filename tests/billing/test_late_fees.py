"""What being late costs: by day, capped, charged once for each day that it is counted to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.dunning import counted_until
from billing.models import BillingTerms, Charge, ChargeKind
from billing.operations import charging
from billing.operations.late_fees import charge_late
from billing.operations.terms import add_terms
from tests.billing.running import overview
from tests.billing.test_reminders import days_after
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
D = Decimal
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "until"),
    [
        (date(2026, 3, 24), None),
        # Due on the 10th, the last reminder 15 days after.
        (date(2026, 3, 25), date(2026, 3, 25)),
        (date(2026, 3, 30), date(2026, 3, 25)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 29), date(2026, 3, 31)),
        (date(2026, 4, 30), date(2026, 4, 30)),
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_day_it_is_counted_to(today, until) -> None:
    due = date(2026, 3, 10)
    assert counted_until(today, due, BillingTerms(valid_from=due)) == until


@pytest.fixture(autouse=True)
def terms(staff: Any) -> BillingTerms:
    long_ago = timezone.localdate(NOW) - timedelta(days=400)
    with office(staff) as actor:
        return add_terms(
            actor=actor, now=NOW, valid_from=long_ago, late_percent=D("0.05"), late_cap=D(5)
        )


def charged(member: Any, bill: Any, days: int) -> list[Charge]:
    with portal(member) as actor:
        return charge_late(actor=actor, now=days_after(bill, days))


def fees(bill: Any) -> list[Decimal]:
    with overview():
        rows = Charge.objects.of_source(bill).filter(kind=ChargeKind.LATE)
        return list(rows.order_by("period").values_list("amount", flat=True))


def test_nothing_before_the_last_reminder_then_once_a_month(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 1000)
    assert charged(owner, bill, 14) == []
    (first,) = charged(owner, bill, 15)
    # 15 days × 0.05 % of 1,000.
    assert (first.amount, first.currency, first.what) == (D("7.50"), "CNY", bill.number)
    assert first.period == bill.due_on + 15 * DAY
    assert charged(owner, bill, 15) == []
    month_end = (first.period + 32 * DAY).replace(day=1) - DAY
    if month_end == first.period:
        month_end = (month_end + 32 * DAY).replace(day=1) - DAY
    days = (month_end - bill.due_on).days
    assert charged(owner, bill, days - 1) == []
    (second,) = charged(owner, bill, days)
    assert (second.amount, second.period) == (D("0.5") * days - D("7.5"), month_end)
    assert charged(owner, bill, days) == []


def test_no_more_than_the_cap(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 1000)
    charged(owner, bill, 300)
    charged(owner, bill, 400)
    assert fees(bill) == [D(50)]


def test_rent_is_late_by_its_lease_and_no_fee_is_late(owner, desk) -> None:
    rent = desk.bill(owner.tenant, 1000, kind=ChargeKind.RENT)
    late = desk.bill(owner.tenant, 1000, kind=ChargeKind.LATE)
    assert charged(owner, rent, 20) == []
    assert (fees(rent), fees(late)) == ([], [])


def test_only_what_is_open_costs(owner, desk) -> None:
    bill, paid = desk.bill(owner.tenant, 600, 400), desk.bill(owner.tenant, 10)
    desk.pay(owner.tenant, 10, paid)
    desk.pay_part(bill, 600)
    charged(owner, bill, 15)
    assert (fees(bill), fees(paid)) == ([D(3)], [])


def test_what_was_waived_is_not_charged_anew(owner, desk, staff) -> None:
    bill = desk.bill(owner.tenant, 1000)
    (fee,) = charged(owner, bill, 300)
    with office(staff) as actor:
        charging.waive(actor=actor, now=NOW, charge=fee, reason="Agreed")
    assert charged(owner, bill, 400) == []


def test_terms_without_a_fee_charge_none(owner, desk, staff) -> None:
    with office(staff) as actor:
        add_terms(actor=actor, now=NOW, valid_from=timezone.localdate(NOW))
    bill = desk.bill(owner.tenant, 1000)
    assert charged(owner, bill, 60) == []


def test_the_fee_is_rounded_half_up(owner, desk) -> None:
    bill = desk.bill(owner.tenant, "3.33")
    charged(owner, bill, 30)
    (fee,) = fees(bill)
    days = max(15, (counted(bill) - bill.due_on).days)
    assert fee == (D("3.33") * days * D("0.0005")).quantize(D("0.01"), rounding="ROUND_HALF_UP")


def counted(bill: Any) -> date:
    today = bill.due_on + 30 * DAY
    return counted_until(today, bill.due_on, BillingTerms(valid_from=today)) or today
