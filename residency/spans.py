"""Terms of agreements: the one that follows another is as long as it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)


def next_term(starts_on: date, ends_on: date) -> tuple[date, date]:
    """The term after this one: from the next day, by as many whole months or else days."""
    begins = ends_on + DAY
    months = (begins.year - starts_on.year) * 12 + begins.month - starts_on.month
    if begins.day == starts_on.day and months:
        return begins, add_months(begins, months) - DAY
    return begins, begins + (ends_on - starts_on)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
