"""Which days the park works: the week, but for the days that ``ParkDay`` says otherwise of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from spaces.models import ParkDay

WEEK = range(1, 6)


def exceptions(start: date, end: date) -> dict[date, ParkDay]:
    """What the list says of the days from ``start`` to ``end``, both included."""
    return {each.day: each for each in ParkDay.objects.filter(day__range=(start, end))}


def is_worked(day: date, known: dict[date, ParkDay], weekdays: Collection[int] = WEEK) -> bool:
    """Whether the park works on that day; ``weekdays`` count from 1 for Monday.

    A make-up working day is worked as the weekday that it stands for, so where no weekday is
    worked it is not either.
    """
    exception = known.get(day)
    if exception is None:
        return day.isoweekday() in weekdays
    return exception.is_open and any(each in WEEK for each in weekdays)
