"""How much of the leasable area is let: on a day, over the last months, and what ends soon.

Counted from the ledger whenever somebody asks, never stored. The definition stands in
docs/spaces.md and beside the figures:

* **leasable area** of a day: the areas of units that are let by lease, count in statistics, and
  were not retired when the day ended;
* **occupied area** of a day: the contracted areas of the leases that cover one of those units when
  the day ends; a lease without one has the area of its unit.

A unit counts from the day it is in the portal, with the area it has now. A lease covers its unit until it is handed back, and ends, in a forecast, on the last day it is expected to.
 Desks, rooms, holds, bookings by the hour, maintenance and blocks never count. Run as park staff:
a sum under one organisation's policy would see that one's leases only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from spaces.models import Floor, Occupancy, OccupancyKind, OccupancyState, Space
from spaces.queries import day_span

MONTHS = 12
HORIZONS = (30, 60, 90, 180)
# A lease that is over was one while it ran; a held one is not in force.
IN_FORCE = (OccupancyState.ACTIVE, OccupancyState.COMPLETED)
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Share:
    """Areas in m², unrounded, of a floor or (None) of the park."""

    floor: Floor | None
    leasable: Decimal
    occupied: Decimal

    @property
    def free(self) -> Decimal:
        return self.leasable - self.occupied

    @property
    def percent(self) -> Decimal | None:
        """Unrounded; None where there is nothing to let."""
        return self.occupied * 100 / self.leasable if self.leasable else None


@dataclass(frozen=True, slots=True)
class Ending:
    """A lease that ends, and the first one of the same unit after it, if there is one."""

    lease: Occupancy
    follows: Occupancy | None

    @property
    def area(self) -> Decimal:
        return contracted([self.lease])


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What ends within so many days. ``area`` is what ends, ``vacant`` what nobody has after."""

    days: int
    endings: list[Ending]

    @property
    def area(self) -> Decimal:
        return sum((each.area for each in self.endings), Decimal(0))

    @property
    def vacant(self) -> Decimal:
        return sum((each.area for each in self.endings if not each.follows), Decimal(0))

    def of(self, floor: Floor | None) -> Vacancy:
        rows = [e for e in self.endings if floor is None or e.lease.space.floor_id == floor.pk]
        return Vacancy(self.days, rows)


class Letting:
    """The units that count and their leases from ``since`` on: two reads, every figure."""

    def __init__(self, since: date) -> None:
        units = Space.objects.counted_area().select_related("floor__building")
        order = ("floor__building__position", "floor__building", "floor__level", "code")
        self.units = list(units.order_by(*order))
        start, _end = day_span(since)
        rows = Occupancy.objects.filter(kind=OccupancyKind.LEASE, state__in=IN_FORCE)
        rows = rows.overlapping(start, None).filter(space__in=[unit.pk for unit in self.units])
        self.leases = list(rows.select_related("tenant").order_by("during", "pk"))
        known = {unit.pk: unit for unit in self.units}
        for row in self.leases:
            row.space = known[row.space_id]

    def leasable(self, day: date) -> list[Space]:
        moment = _end_of(day)
        return [u for u in self.units if u.retired_at is None or u.retired_at > moment]

    def let(self, day: date) -> list[Occupancy]:
        """The leases that count on a day; of one unit there is at most one."""
        moment, units = _end_of(day), {unit.pk for unit in self.leasable(day)}
        return [row for row in self.leases if row.space_id in units and _covers(row, moment)]

    def share(self, day: date, floor: Floor | None = None) -> Share:
        leasable = _on(floor, self.leasable(day))
        let = [row for row in self.let(day) if _on(floor, [row.space])]
        return Share(floor, area_of(leasable), contracted(let))

    def vacancy(self, day: date, days: int) -> Vacancy:
        """What has its last day on ``day`` or at most ``days`` later."""
        until = day_span(day + timedelta(days=days))[1]
        ends = ((row, row.last_moment) for row in self.let(day))
        rows = [(end, row.space.code, row) for row, end in ends if end and end <= until]
        rows.sort(key=lambda each: each[:2])
        return Vacancy(days, [Ending(row, self._after(row, until)) for *_by, row in rows])

    def _after(self, row: Occupancy, until: datetime) -> Occupancy | None:
        """The next lease of the unit, where it begins before the forecast's end."""
        end = row.last_moment
        assert end is not None
        others = (each for each in self.leases if each.space_id == row.space_id)
        return next((each for each in others if end <= each.starts_at <= until), None)


def occupancy_on(day: date) -> Share:
    """Of the park, on one day."""
    return Letting(day).share(day)


def month_ends(day: date) -> list[date]:
    """The last days of the twelve months before that of ``day``, then ``day`` itself."""
    first = day.replace(day=1)
    ends = []
    for _each in range(MONTHS):
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return [*reversed(ends), day]


def area_of(units: Iterable[Space]) -> Decimal:
    """In m²; every unit has an area."""
    return sum((unit.area or Decimal(0) for unit in units), Decimal(0))


def contracted(rows: Iterable[Occupancy]) -> Decimal:
    """The m² that leases are for."""
    return sum((row.area or row.space.area or Decimal(0) for row in rows), Decimal(0))


def _on(floor: Floor | None, units: Iterable[Space]) -> list[Space]:
    return [unit for unit in units if floor is None or unit.floor_id == floor.pk]


def _end_of(day: date) -> datetime:
    return day_span(day)[1] - MOMENT


def _covers(row: Occupancy, moment: datetime) -> bool:
    return row.starts_at <= moment and (row.ends_at is None or moment < row.ends_at)
