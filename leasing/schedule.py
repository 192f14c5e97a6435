"""The schedule of a lease's rent: which period costs how much, by unit, and when it is due.

Pure: the terms go in, the periods come out.

* A **month** is one of the lease, from its first day: a lease from 15 March has months from the
  15th to the 14th. Where a month has no such day it begins on its last.
* A **period** is so many months. The last one ends with the lease.
* A unit's rent of a month is area × price. Of a month of which a part is let it is that part, by
  **days**: days let ÷ days of that month.
* The first months may be **free** for all units.
* From ``index_from`` on the price is higher by so many per cent, and again each year on the same
  day, on the price before. Within a month it is split by days.
* Each unit's sum of a period is **rounded once**, half up, to the currency's minor unit; a
  period's total is the sum of what is printed for its units, so that paper and sum agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from foundation.currencies import minor_units
from foundation.money import round_half_up
from residency.spans import add_months

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """``area`` in m², ``price`` per m² and month; both days belong to it."""

    label: str
    area: Decimal
    price: Decimal
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What the schedule needs to know. ``ends_on`` is the last day that is let."""

    starts_on: date
    ends_on: date
    units: Sequence[UnitTerms]
    period_months: int = 1
    advance_days: int = 0
    rent_free_months: int = 0
    index_percent: Decimal = Decimal(0)
    index_from: date | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class UnitRent:
    unit: UnitTerms
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it."""

    starts_on: date
    ends_on: date
    due_on: date
    rows: list[UnitRent]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))


def schedule(terms: Terms) -> list[Period]:
    """All periods of the lease, in order, without a gap; also those that cost nothing."""
    return [_period(terms, start, end) for start, end in _spans(terms, terms.period_months)]


def total(periods: Sequence[Period]) -> Decimal:
    return sum((period.total for period in periods), Decimal(0))


def month_rent(units: Sequence[UnitTerms]) -> Decimal:
    """Of a whole month of all units, before any increase, exact."""
    return sum((unit.area * unit.price for unit in units), Decimal(0))


def _spans(terms: Terms, months: int) -> Iterator[tuple[date, date]]:
    """Half-open, counted from the first day, so that a short month moves none after it."""
    end, index = terms.ends_on + DAY, 0
    while (start := add_months(terms.starts_on, index)) < end:
        index += months
        yield start, min(add_months(terms.starts_on, index), end)


def _period(terms: Terms, start: date, end: date) -> Period:
    rows = [UnitRent(unit, _rounded(_rent(terms, unit, start, end), terms)) for unit in terms.units]
    due_on = start - timedelta(days=terms.advance_days)
    return Period(start, end - DAY, due_on, [row for row in rows if _is_let(row.unit, start, end)])


def _is_let(unit: UnitTerms, start: date, end: date) -> bool:
    return unit.starts_on < end and unit.ends_on >= start


def _rent(terms: Terms, unit: UnitTerms, start: date, end: date) -> Fraction:
    """Exact, for the days of ``[start, end)`` on which the unit is let."""
    first, last = max(start, unit.starts_on), min(end, unit.ends_on + DAY)
    return sum(
        (
            Fraction(unit.area) * Fraction(unit.price) * share * _factor(terms, at)
            for at, share in _pieces(terms, first, last)
        ),
        Fraction(0),
    )


def _pieces(terms: Terms, first: date, last: date) -> Iterator[tuple[date, Fraction]]:
    """``[first, last)`` cut by months and increases: a day of each piece and its part of a month."""
    index = 0
    while (start := add_months(terms.starts_on, index)) < last:
        index += 1
        end = add_months(terms.starts_on, index)
        if index <= terms.rent_free_months:
            continue
        cuts = [day for day in increases(terms, last) if start < day < end]
        for one, other in zip([start, *cuts], [*cuts, end], strict=True):
            days = (min(other, last) - max(one, first)).days
            if days > 0:
                yield one, Fraction(days, (end - start).days)


def increases(terms: Terms, last: date) -> Iterator[date]:
    """The days before ``last`` from which the price is higher."""
    if terms.index_from is None:
        return
    years = 0
    while (day := add_months(terms.index_from, 12 * years)) < last:
        yield day
        years += 1


def _factor(terms: Terms, on: date) -> Fraction:
    times = sum(1 for day in increases(terms, on + DAY))
    return (1 + Fraction(terms.index_percent) / 100) ** times


def _rounded(exact: Fraction, terms: Terms) -> Decimal:
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return round_half_up(value, minor_units(terms.currency))
