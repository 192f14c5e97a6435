"""The calendar of bookable spaces: a week or a day, everybody's times, one's own by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from offices.models import Booking, BookingRule
from offices.models.bookings import STANDING
from spaces.models import ParkDay, Space
from spaces.queries import Busy, busy, day_span
from spaces.working_days import exceptions, is_worked

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A time that is taken; of one's own organisation's the booking, of others' nothing else."""

    start: datetime
    end: datetime
    own: Booking | None = None

    @property
    def words(self) -> str:
        """From when until when, on its day."""
        start, end = (f"{timezone.localtime(at):%H:%M}" for at in (self.start, self.end))
        return str(_("all day")) if start == end else f"{start}–{end}"

    @property
    def until(self) -> str:
        """24:00 for what ends with the day, so that it can be placed on its line."""
        return f"{timezone.localtime(self.end):%H:%M}".replace("00:00", "24:00")


@dataclass(frozen=True, slots=True)
class Cell:
    """One space on one day."""

    day: date
    is_open: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Line:
    space: Space
    cells: list[Cell]

    @property
    def rule(self) -> BookingRule:
        return self.space.type.booking_rule


@dataclass(frozen=True, slots=True)
class Calendar:
    days: list[date]
    exceptions: dict[date, ParkDay]
    lines: list[Line]
    own: list[Booking]

    @property
    def heads(self) -> list[tuple[date, ParkDay | None]]:
        return [(day, self.exceptions.get(day)) for day in self.days]

    @property
    def agenda(self) -> list[tuple[date, ParkDay | None, list[Booking]]]:
        """By day what the organisation has booked."""
        by_day: dict[date, list[Booking]] = defaultdict(list)
        for each in self.own:
            by_day[timezone.localdate(each.starts_at)].append(each)
        return [(day, self.exceptions.get(day), by_day[day]) for day in self.days]

    @property
    def hours(self) -> range:
        """From the first hour at which something opens to the last at which something closes."""
        rules = [line.rule for line in self.lines]
        if not rules:
            return range(8, 20)
        last = max(rule.closes_at for rule in rules)
        return range(min(r.opens_at for r in rules).hour, last.hour + (last.minute > 0))


def week_of(day: date) -> list[date]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.isoweekday() - 1)
    return [monday + timedelta(days=number) for number in range(7)]


def calendar(*, actor: Actor, spaces: Sequence[Space], days: list[date], now: datetime) -> Calendar:
    """``spaces`` with their rules read along."""
    start, end = day_span(days[0])[0], day_span(days[-1])[1]
    own = Booking.objects.visible_to(actor).filter(
        tenant=actor.tenant_id, starts_at__lt=end, ends_at__gt=start, state__in=STANDING
    )
    mine = [b for b in own.select_related("space").order_by("starts_at") if _stands(b, now)]
    taken = _by_space(busy(spaces=spaces, start=start, end=end, now=now))
    known = exceptions(days[0], days[-1])
    lines = [Line(s, [_cell(s, day, known, taken[s.pk], mine) for day in days]) for s in spaces]
    return Calendar(days, known, lines, mine)


def _stands(booking: Booking, now: datetime) -> bool:
    return booking.state_at(now) in STANDING


def _by_space(found: Iterable[Busy]) -> dict[int, list[Busy]]:
    by_space = defaultdict(list)
    for each in found:
        by_space[each.space_id].append(each)
    return by_space


def _cell(
    space: Space, day: date, known: dict[date, ParkDay], taken: list[Busy], mine: list[Booking]
) -> Cell:
    rule = space.type.booking_rule
    is_open = is_worked(day, known if rule.keeps_holidays else {}, rule.opens_on)
    start, end = day_span(day)
    own = [
        Entry(each.starts_at, each.ends_at, each)
        for each in mine
        if each.space_id == space.pk and start <= each.starts_at < end
    ]
    spans = {(entry.start, entry.end) for entry in own}
    others = [
        (max(each.start, start), min(each.end or end, end))
        for each in taken
        if each.start < end and (each.end or end) > start and (each.start, each.end) not in spans
    ]
    entries = [*own, *(Entry(*span) for span in _joined(others))]
    return Cell(day, is_open, sorted(entries, key=lambda entry: entry.start))


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """What touches is told as one time."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
