"""Spans of whole days as people choose them: a month, a quarter, a year, from-to, everything.

A Period is half-open: ``start_on`` belongs to it, ``end_on`` does not; None means no bound. In
text (query strings) a span from-to names its last day: ``2026-01-05..2026-02-03``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from babel.dates import format_skeleton
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from foundation.errors import InvalidInput

FORM = re.compile(r"(\d{4})(?:-(?:(\d\d)|[Qq]([1-4])))?", re.ASCII)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
# Beyond these a year is a typing error.
YEARS = range(1900, 2200)
SKELETONS = {"month": "yMMM", "quarter": "yQQQ", "year": "y"}


@lru_cache(maxsize=2000)
def _calendar_label(kind: str, start_on: dt.date, locale: str) -> str:
    """Kept, because a choice of periods asks for dozens of them on every page."""
    return format_skeleton(SKELETONS[kind], start_on, locale=locale)


@dataclass(frozen=True)
class Period:
    """``kind`` is month, quarter, year, range or all."""

    kind: str
    start_on: dt.date | None = None
    end_on: dt.date | None = None

    @property
    def last_on(self) -> dt.date | None:
        return self.end_on - dt.timedelta(days=1) if self.end_on else None

    @property
    def days(self) -> int | None:
        return (self.end_on - self.start_on).days if self.start_on and self.end_on else None

    def __contains__(self, day: dt.date) -> bool:
        return (self.start_on is None or self.start_on <= day) and (
            self.end_on is None or day < self.end_on
        )

    def __str__(self) -> str:
        """The text ``parse`` reads."""
        if self.start_on is None or self.end_on is None:
            return "all"
        start = self.start_on
        forms = {
            "year": f"{start:%Y}",
            "quarter": f"{start:%Y}-Q{(start.month + 2) // 3}",
            "month": f"{start:%Y-%m}",
        }
        return forms.get(self.kind) or f"{start}..{self.last_on}"

    def previous(self) -> Period | None:
        """The span of the same length just before; None for everything and before year 1900."""
        return self._moved(-1)

    def next(self) -> Period | None:
        return self._moved(1)

    def label(self, language: str | None = None) -> str:
        """``Sep 2026``, ``Q3 2026``, ``2026`` in the reader's language."""
        if self.start_on is None or self.end_on is None:
            return _("All time")
        if self.kind in SKELETONS:
            locale = to_locale(language or get_language() or "en")
            return _calendar_label(self.kind, self.start_on, locale)
        return _("%(first)s – %(last)s") % {"first": self.start_on, "last": self.last_on}

    def months(self) -> list[Period]:
        """The calendar months this span touches, in order."""
        if self.start_on is None or self.end_on is None:
            return []
        found = [month_of(self.start_on)]
        while (found[-1].end_on or self.end_on) < self.end_on:
            found.append(month_of(found[-1].end_on or self.end_on))
        return found

    def _moved(self, steps: int) -> Period | None:
        if self.start_on is None or self.end_on is None:
            return None
        try:
            if self.kind in MONTHS_OF:
                moved = _span(self.kind, add_months(self.start_on, steps * MONTHS_OF[self.kind]))
            else:
                length = (self.end_on - self.start_on) * steps
                moved = Period(self.kind, self.start_on + length, self.end_on + length)
        except (ValueError, OverflowError):
            return None
        return moved if moved.start_on and moved.start_on.year in YEARS else None


ALL = Period("all")


def month_of(day: dt.date) -> Period:
    return _span("month", day.replace(day=1))


def quarter_of(day: dt.date) -> Period:
    return _span("quarter", day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))


def year_of(day: dt.date) -> Period:
    return _span("year", day.replace(month=1, day=1))


def between(first_on: dt.date, last_on: dt.date) -> Period:
    """Both days included; raises InvalidInput when the last lies before the first."""
    if last_on < first_on:
        raise InvalidInput(
            gettext_lazy("The last day lies before the first."), code="period_reversed"
        )
    return Period("range", first_on, last_on + dt.timedelta(days=1))


def parse(text: str) -> Period:
    """Read ``2026``, ``2026-09``, ``2026-Q3``, ``2026-01-05..2026-02-03`` or ``all``.

    Raises InvalidInput for anything else.
    """
    plain = text.strip()
    if plain.lower() == "all":
        return ALL
    try:
        if ".." in plain:
            first, _dots, last = plain.partition("..")
            return between(
                dt.date.fromisoformat(first.strip()), dt.date.fromisoformat(last.strip())
            )
        if found := FORM.fullmatch(plain):
            return _calendar(found)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(
        gettext_lazy(
            "“%(period)s” is no period. Write 2026, 2026-09, 2026-Q3 or 2026-01-05..2026-02-03."
        ),
        code="no_period",
        params={"period": plain[:40]},
    )


def add_months(day: dt.date, months: int) -> dt.date:
    """The first of the month ``months`` after the one ``day`` (a first) begins."""
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def _calendar(found: re.Match[str]) -> Period:
    year, month, quarter = found.groups()
    if int(year) not in YEARS:
        raise ValueError(year)
    if month:
        return month_of(dt.date(int(year), int(month), 1))
    if quarter:
        return quarter_of(dt.date(int(year), int(quarter) * 3, 1))
    return year_of(dt.date(int(year), 1, 1))


def _span(kind: str, start: dt.date) -> Period:
    return Period(kind, start, add_months(start, MONTHS_OF[kind]))
