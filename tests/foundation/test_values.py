from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tables.errors import TableError
from foundation.tables.values import (
    DateOrder,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_moment,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("１，２３４．５６", "1234.56"),
        ("¥1,234.50", "1234.50"),
        ("￥1,234.50", "1234.50"),
        ("1,234.50元", "1234.50"),
        ("CNY 12.5", "12.5"),
        ("12.5 usd", "12.5"),
        ("RMB 7", "7"),
        ("(1,234.50)", "-1234.50"),
        ("（12.5）", "-12.5"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("5-", "-5"),
        ("\u22125", "-5"),
        ("+5", "5"),
        (" 7 ", "7"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        (".5", "0.5"),
    ],
)
def test_decimals(text, expected):
    assert parse_decimal(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("2.55", ".", "2.55"),
        ("1.234.567,8", ",", "1234567.8"),
    ],
)
def test_the_declared_decimal_sign_decides(text, sign, expected):
    assert parse_decimal(text, decimal_sign=sign) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "number_ambiguous"),
        ("1.234", "number_ambiguous"),
        ("", "not_a_number"),
        ("abc", "not_a_number"),
        ("--5", "not_a_number"),
        ("1,2,3", "not_a_number"),
        ("12,34.5", "not_a_number"),
        ("1.", "not_a_number"),
        ("¥5€", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("0x1F", "not_a_number"),
        ("٣", "not_a_number"),
        ("1.23E+15", "number_shortened"),
        ("1" * 19, "number_too_long"),
        ("9" * 5000, "number_too_long"),
    ],
)
def test_refused_decimals(text, code):
    with pytest.raises(TableError) as refused:
        parse_decimal(text)
    assert refused.value.code == code
    assert text[:60] in str(refused.value)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2))
def test_any_amount_printed_in_groups_is_read_back(amount):
    assert parse_decimal(f"{amount:,f}") == amount
    swapped = f"{amount:,f}".translate(str.maketrans(",.", ".,"))
    assert parse_decimal(swapped) == amount


def test_integers():
    assert parse_integer("1,234", decimal_sign=".") == 1234
    assert parse_integer("6.0") == 6
    with pytest.raises(TableError) as refused:
        parse_integer("6.5")
    assert refused.value.code == "not_whole"


DAY = dt.date(2026, 9, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-05", "2026-9-5", "2026/9/5", "2026.9.5", "20260905", "2026年9月5日", "2026年09月05日",
        "２０２６－９－５", "2026-09-05 14:08", "2026/9/5 14:08:09", "2026年9月5日 14:08", "46270", "46270.5",
    ],
)  # fmt: skip
def test_dates(text):
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-05 14:08:09", dt.datetime(2026, 9, 5, 14, 8, 9)),
        ("2026-09-05T14:08", dt.datetime(2026, 9, 5, 14, 8)),
        ("2026/9/5 2:08 PM", dt.datetime(2026, 9, 5, 14, 8)),
        ("2026/9/5 12:08 am", dt.datetime(2026, 9, 5, 0, 8)),
        ("2026年9月5日14时08分", dt.datetime(2026, 9, 5, 14, 8)),
        ("2026年9月5日 下午2:08", dt.datetime(2026, 9, 5, 14, 8)),
        ("20260905140809", dt.datetime(2026, 9, 5, 14, 8, 9)),
        ("46270.58888888889", dt.datetime(2026, 9, 5, 14, 8)),
        ("2026-09-05T14:08:09Z", dt.datetime(2026, 9, 5, 14, 8, 9, tzinfo=dt.UTC)),
        ("2026-09-05 14:08:09.5+08:00", dt.datetime(2026, 9, 5, 6, 8, 9, 500000, tzinfo=dt.UTC)),
    ],
)
def test_moments(text, expected):
    assert parse_moment(text) == expected


def test_year_last_needs_the_declared_order():
    with pytest.raises(TableError) as refused:
        parse_date("05/09/2026")
    assert refused.value.code == "date_ambiguous"
    assert parse_date("05/09/2026", order=DateOrder.DAY_FIRST) == DAY
    assert parse_date("05/09/2026", order=DateOrder.MONTH_FIRST) == dt.date(2026, 5, 9)
    assert parse_moment("5.9.2026 14:08", order=DateOrder.DAY_FIRST) == dt.datetime(
        2026, 9, 5, 14, 8
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_date"),
        ("soon", "not_a_date"),
        ("9/5/26", "not_a_date"),
        ("2026-09", "not_a_date"),
        ("2026-9/5", "not_a_date"),
        ("2026-02-31", "no_such_date"),
        ("20261301", "no_such_date"),
        ("2026-09-05 25:00", "no_such_date"),
        ("0001-01-01", "date_far_off"),
        ("9999-12-31", "date_far_off"),
    ],
)
def test_refused_dates(text, code):
    with pytest.raises(TableError) as refused:
        parse_date(text)
    assert refused.value.code == code


@given(st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2199, 12, 31)))
def test_any_moment_printed_is_read_back(moment):
    assert parse_moment(moment.isoformat(" ")) == moment
