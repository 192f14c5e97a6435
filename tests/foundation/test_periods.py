from __future__ import annotations

import datetime as dt

import pytest

from foundation import periods
from foundation.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "start", "end", "previous", "following"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1), "2025", "2027"),
        ("2026-12", (2026, 12, 1), (2027, 1, 1), "2026-11", "2027-01"),
        ("2024-02", (2024, 2, 1), (2024, 3, 1), "2024-01", "2024-03"),
        ("2026-Q1", (2026, 1, 1), (2026, 4, 1), "2025-Q4", "2026-Q2"),
        (
            "2026-01-05..2026-02-03", (2026, 1, 5), (2026, 2, 4),
            "2025-12-06..2026-01-04", "2026-02-04..2026-03-05",
        ),
    ],
)  # fmt: skip
def test_periods_are_half_open_and_have_neighbours(text, start, end, previous, following):
    period = periods.parse(text)
    assert (period.start_on, period.end_on) == (dt.date(*start), dt.date(*end))
    assert dt.date(*start) in period
    assert dt.date(*end) not in period
    assert str(period) == text
    assert (str(period.previous()), str(period.next())) == (previous, following)
    before = period.previous()
    assert before is not None
    assert before.next() == period


def test_everything():
    period = periods.parse("ALL")
    assert str(period) == "all"
    assert dt.date(1066, 10, 14) in period
    assert period.previous() is None
    assert period.days is None


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-1", "abc", "2026-01-05..", "0000", "9999", "2026-02-30..2026-03-01", "٢٠٢٦"])  # fmt: skip
def test_refused(text):
    with pytest.raises(InvalidInput) as refused:
        periods.parse(text)
    assert refused.value.code == "no_period"


def test_a_reversed_span_is_refused():
    with pytest.raises(InvalidInput) as refused:
        periods.parse("2026-02-03..2026-01-05")
    assert refused.value.code == "period_reversed"


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("2026", "2026", "2026年"),
        ("2026-09", "Sep 2026", "2026年9月"),
        ("2026-Q3", "Q3 2026", "2026年第3季度"),
    ],
)
def test_labels(text, english, chinese):
    assert periods.parse(text).label("en") == english
    assert periods.parse(text).label("zh-hans") == chinese


def test_months_touched():
    months = periods.parse("2025-12-31..2026-02-01").months()
    assert [str(month) for month in months] == ["2025-12", "2026-01", "2026-02"]


def test_the_ends_of_time_have_no_neighbour():
    assert periods.parse("1900").previous() is None
    assert periods.parse("2199").next() is None
