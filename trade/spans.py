"""Days as the period people would name: a whole month, quarter or year rather than from-to."""

from __future__ import annotations

from datetime import date

from foundation.periods import Period, between, month_of, quarter_of, year_of


def period_of_days(first_on: date, last_on: date) -> Period:
    """Both days included; raises InvalidInput when the last lies before the first."""
    span = between(first_on, last_on)
    for named in (month_of(first_on), quarter_of(first_on), year_of(first_on)):
        if (named.start_on, named.end_on) == (span.start_on, span.end_on):
            return named
    return span
