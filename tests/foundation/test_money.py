from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from foundation import currencies, money
from foundation.errors import InvalidInput
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "CNY", "1.01"),
        ("-1.005", "CNY", "-1.01"),
        ("2.5", "JPY", "3"),
        ("3.5", "JPY", "4"),
        ("1.0005", "KWD", "1.001"),
        ("1.005", "RSD", "1.01"),
    ],
)
def test_half_up_to_the_minor_unit(amount, currency, expected):
    assert money.quantize(Decimal(amount), currency) == Decimal(expected)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_amounts_print_the_same_in_both_languages(language):
    with translation.override(language):
        assert money.format_money(Decimal("1234567.891"), "CNY") == "CNY 1,234,567.89"
        assert money.format_money(Decimal(-1234), "JPY") == "JPY -1,234"
        assert money.format_money(None, "CNY") == "--"
        assert money.format_number(Decimal("1E+6")) == "1,000,000"
        assert money.format_number(Decimal("-0.001"), 2) == "0.00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"), (999, "999"), (1000, "1k"), (12_345, "12.3k"), (999_960, "1M"), (1_234_567, "1.23M"),
        (16 * 10**9, "16B"), (-1_234_567, "-1.23M"), (Decimal("0.5"), "0.5"), (100, "100"), (None, "--"),
    ],
)  # fmt: skip
def test_short_forms_in_english(value, expected):
    assert money.format_short(value, "en") == expected


def test_short_forms_in_chinese_count_in_ten_thousands():
    with translation.override("zh-hans"):
        hundred_million = money.format_short(16 * 10**9)
        ten_thousand = money.format_short(12_345)
    assert hundred_million.startswith("160")
    assert ten_thousand.startswith("1.23")
    assert money.format_short(9_999, "zh-hans") == "9,999"


def test_minor_units_follow_iso_4217():
    import csv

    with shared("reference-lists", "iso4217", "codes-all.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["WithdrawalDate"]]
    known = {row["AlphabeticCode"]: row["MinorUnit"] for row in rows}
    compared = [code for code in sorted(currencies.CODES) if known.get(code, "-").isdigit()]
    assert len(compared) > 140
    assert {code: currencies.minor_units(code) for code in compared} == {
        code: int(known[code]) for code in compared
    }


def test_currency_codes():
    assert currencies.validate(" cny ") == "CNY"
    with pytest.raises(InvalidInput):
        currencies.validate("XYZ")
    assert currencies.choices("zh-hans")[0] == ("CNY", "CNY – 人民币")
    assert currencies.choices("en")[1] == ("USD", "USD – US Dollar")
