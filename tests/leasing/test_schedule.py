"""The schedule of rent: examples worked out by hand, and what holds for every lease."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.dunning import late_fee
from leasing.schedule import Terms, UnitTerms, schedule, total
from leasing.settling import Proposal
from residency.spans import add_months
from tests.proof import FULL

D = Decimal
DAY = timedelta(days=1)


def unit(area="100", price="60", first=date(2026, 1, 1), last=date(2026, 12, 31), label="A-101"):
    return UnitTerms(label, D(area), D(price), first, last)


def terms(*units: UnitTerms, **values: Any) -> Terms:
    known: dict[str, Any] = {
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "period_months": 3,
    }
    return Terms(units=units or [unit()], **(known | values))


def totals(found) -> list[Decimal]:
    return [period.total for period in found]


def test_a_year_by_quarters() -> None:
    found = schedule(terms(advance_days=15))
    assert totals(found) == [D("18000.00")] * 4
    assert [(p.starts_on, p.ends_on) for p in found[:2]] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
    ]
    assert found[1].due_on == date(2026, 3, 17)


def test_months_are_those_of_the_lease_and_a_part_goes_by_days() -> None:
    """15 March to 20 May: two months, then 15 to 20 May, 6 days of 31."""
    first, last = date(2026, 3, 15), date(2026, 5, 20)
    found = schedule(
        terms(unit(first=first, last=last), starts_on=first, ends_on=last, period_months=1)
    )
    assert totals(found) == [D("6000.00"), D("6000.00"), D("1161.29")]


def test_a_lease_that_begins_on_the_31st_has_a_short_february_and_a_whole_march() -> None:
    first, last = date(2026, 1, 31), date(2026, 4, 29)
    found = schedule(
        terms(unit(first=first, last=last), starts_on=first, ends_on=last, period_months=1)
    )
    assert [p.starts_on.day for p in found] == [31, 28, 31]
    assert totals(found) == [D("6000.00")] * 3


def test_the_first_months_are_free() -> None:
    assert totals(schedule(terms(rent_free_months=4))) == [
        D("0.00"), D("12000.00"), D("18000.00"), D("18000.00"),
    ]  # fmt: skip


def test_the_price_rises_on_its_day_and_within_a_month_by_days() -> None:
    """5 % from 16 July: July is 15 days of the old price and 16 of the new."""
    found = schedule(terms(period_months=1, index_percent=D(5), index_from=date(2026, 7, 16)))
    assert totals(found)[5:8] == [D("6000.00"), D("6154.84"), D("6300.00")]


def test_the_second_rise_stands_on_the_first() -> None:
    found = schedule(
        terms(
            unit(last=date(2028, 12, 31)), ends_on=date(2028, 12, 31), period_months=12,
            index_percent=D(5), index_from=date(2027, 1, 1),
        )
    )  # fmt: skip
    assert totals(found) == [D("72000.00"), D("75600.00"), D("79380.00")]


def test_each_unit_is_let_on_its_own_days() -> None:
    """The second from 11 February on: 18 days of 28, then March."""
    other = unit("50", "40", first=date(2026, 2, 11), label="A-102")
    (first, *_more) = schedule(terms(unit(), other))
    assert [(r.unit.label, r.amount) for r in first.rows] == [
        ("A-101", D("18000.00")),
        ("A-102", D("3285.71")),
    ]
    assert first.total == D("21285.71")


def test_a_lease_that_ends_earlier_costs_its_days() -> None:
    """31 March falls away: 30 of its 31 days."""
    found = schedule(terms(ends_on=date(2026, 3, 30)))
    assert totals(found) == [D("17806.45")]


@pytest.mark.parametrize(
    ("days", "fee"), [(-3, "0"), (0, "0"), (1, "5"), (10, "50"), (400, "2000")]
)
def test_a_late_fee_grows_by_the_day_up_to_its_cap(days, fee) -> None:
    """0.05 % a day of 10,000, at most 20 %."""
    due = date(2026, 3, 1)
    on = due + timedelta(days=days)
    assert late_fee(D(10_000), due, on, percent=D("0.05"), cap=D(20)) == D(fee)


@pytest.mark.parametrize(
    ("deposit", "owed", "damages", "unused", "refund", "back", "still"),
    [
        (12_000, 0, 0, 0, 12_000, 0, 0),
        (12_000, 5_000, 2_000, 0, 5_000, 0, 0),
        (12_000, 10_000, 5_000, 0, 0, 0, 3_000),
        (12_000, 0, 1_000, 4_000, 12_000, 3_000, 0),
        (0, 700, 0, 0, 0, 0, 700),
        (0, 0, 0, 300, 0, 300, 0),
    ],
)
def test_a_deposit_is_settled(deposit, owed, damages, unused, refund, back, still) -> None:
    found = Proposal(D(deposit), D(owed), D(0), D(damages), D(unused))
    assert (found.refund, found.rent_back, found.still_owed) == (refund, back, still)


# -- whatever the terms --------------------------------------------------------------------------

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
MONEY = st.decimals("0.01", "5000", places=2)


@st.composite
def any_terms(draw) -> Terms:
    starts_on = draw(DAYS)
    ends_on = starts_on + timedelta(days=draw(st.integers(0, 2500)))
    length = (ends_on - starts_on).days
    units = []
    for number in range(draw(st.integers(1, 3))):
        first = starts_on + timedelta(days=draw(st.integers(0, length)))
        last = first + timedelta(days=draw(st.integers(0, (ends_on - first).days)))
        units.append(UnitTerms(f"U{number}", draw(MONEY), draw(MONEY), first, last))
    return Terms(
        starts_on, ends_on, units,
        period_months=draw(st.sampled_from([1, 3, 6, 12])),
        rent_free_months=draw(st.integers(0, 6)),
        index_percent=draw(st.decimals("0", "20", places=2)),
        index_from=draw(st.none() | DAYS),
    )  # fmt: skip


def by_the_day(known: Terms, each: UnitTerms) -> Fraction:
    """The same rent, day by day, by another way: what one day costs, summed over all days."""
    found, day = Fraction(0), each.starts_on
    month = 0
    while day <= each.ends_on:
        while add_months(known.starts_on, month + 1) <= day:
            month += 1
        start, end = add_months(known.starts_on, month), add_months(known.starts_on, month + 1)
        rises = 0
        while known.index_from and add_months(known.index_from, 12 * rises) <= day:
            rises += 1
        if month >= known.rent_free_months:
            price = Fraction(each.price) * (1 + Fraction(known.index_percent) / 100) ** rises
            found += Fraction(each.area) * price / (end - start).days
        day += DAY
    return found


@settings(max_examples=300 if FULL else 40, deadline=None)
@given(any_terms())
def test_periods_meet_and_their_rows_add_up(known: Terms) -> None:
    found = schedule(known)
    assert found[0].starts_on == known.starts_on
    assert found[-1].ends_on == known.ends_on
    assert all(a.ends_on + DAY == b.starts_on for a, b in pairwise(found))
    assert total(found) == sum(row.amount for period in found for row in period.rows)
    for each in known.units:
        rows = [row.amount for period in found for row in period.rows if row.unit is each]
        # Each row is rounded once, by half a cent at most.
        assert abs(Fraction(sum(rows, D(0))) - by_the_day(known, each)) <= Fraction(len(rows), 200)
