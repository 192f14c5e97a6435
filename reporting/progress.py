"""How far a target is reached, and where present speed leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.home import Destination
from reporting.metrics import DEFINITIONS, SHARE, Definition, Figure, measure
from reporting.models import Target


@dataclass(frozen=True, slots=True)
class Progress:
    """A target, what is reached by ``today``, and what the end brings at present speed."""

    target: Target
    actual: Figure
    forecast: Decimal
    this_year: Figure
    # The days that ``actual`` covers, both included.
    counted_from: date
    counted_to: date

    @property
    def definition(self) -> Definition:
        return DEFINITIONS[self.target.metric]

    @property
    def rows(self) -> Destination:
        """The list of exactly what ``actual`` adds up."""
        return self.definition.rows(self.counted_from, self.counted_to)

    @property
    def percent(self) -> int:
        """The share reached, whole percents rounded down: 99.9 is not yet 100."""
        return int(self.actual.value * 100 / self.target.value)

    @property
    def on_course(self) -> bool:
        return self.forecast >= self.target.value


def progress_of(target: Target, today: date) -> Progress:
    """Measure a target as its own definition says.

    Cumulative: the sum since its first day against the value, forecast by the share of days
    gone. Yearly: this calendar year's sum against the value, forecast likewise for the year.
    Standing: what there is today; new ones are expected as fast as they came so far.
    A share in percent does not add up: whatever the measure, it is that of the last day, and
    expected to stay.
    """
    start_on, end_on = _span(target, today)
    until = min(today, end_on)
    actual = measure(target.metric, start_on, until)
    year = measure(target.metric, date(today.year, 1, 1), today)
    forecast = _forecast(actual.value, start_on, until, end_on)
    if DEFINITIONS[target.metric].unit == SHARE:
        forecast = actual.value
    return Progress(target, actual, forecast, year, start_on, until)


def _span(target: Target, today: date) -> tuple[date, date]:
    if target.measure == Target.Measure.YEARLY:
        return date(today.year, 1, 1), date(today.year, 12, 31)
    return target.starts_on, target.ends_on


def _forecast(actual: Decimal, start_on: date, until: date, end_on: date) -> Decimal:
    gone = (until - start_on).days + 1
    whole = (end_on - start_on).days + 1
    return actual * whole / gone if gone > 0 else Decimal(0)
