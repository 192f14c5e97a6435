"""Amounts of money: exact, rounded half up to the currency's minor unit, printed one way.

An amount is a Decimal with an ISO 4217 code beside it, never a float. Both languages print the
same string, so that figures on paper and screen can be compared.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from foundation.currencies import minor_units

NOTHING = "--"

# (power of ten, unit), largest first. Chinese counts in steps of ten thousand.
WESTERN_UNITS: tuple[tuple[int, str | Promise], ...] = ((9, "B"), (6, "M"), (3, "k"))
CHINESE_UNITS: tuple[tuple[int, str | Promise], ...] = (
    (8, pgettext_lazy("unit of a number", "hundred million")),
    (4, pgettext_lazy("unit of a number", "ten thousand")),
)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Rounded half up (away from zero at the half) to the currency's minor unit."""
    return round_half_up(amount, minor_units(currency))


def round_half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def format_number(value: Decimal | int | None, places: int | None = None) -> str:
    """``1,234,567.89``; with ``places`` rounded half up to them; ``--`` for None."""
    if value is None:
        return NOTHING
    if places is not None:
        value = round_half_up(Decimal(value), places)
    return f"{_without_negative_zero(Decimal(value)):,f}"


def format_money(amount: Decimal | None, currency: str) -> str:
    """``CNY 1,234.56`` rounded half up to the minor unit; ``--`` for None."""
    if amount is None:
        return NOTHING
    return f"{currency} {format_number(amount, minor_units(currency))}"


def format_short(value: Decimal | int | None, language: str | None = None) -> str:
    """A big figure for a dashboard with three digits or so: k, M, B or their Chinese counterparts.

    For the eye only: show the exact value beside it or on hover.
    """
    if value is None:
        return NOTHING
    exact = Decimal(value)
    chinese = (language or get_language() or "en").startswith("zh")
    units = CHINESE_UNITS if chinese else WESTERN_UNITS
    for (power, unit), (smaller, _unit) in zip(units, (*units[1:], (0, "")), strict=True):
        # 999.96 thousand would round to "1,000k": it is shown as a million.
        if abs(round_half_up(exact.scaleb(-smaller), 0)) >= 10 ** (power - smaller):
            return f"{_three_digits(exact.scaleb(-power))}{unit}"
    return _three_digits(exact)


def _three_digits(value: Decimal) -> str:
    places = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = format_number(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _without_negative_zero(value: Decimal) -> Decimal:
    return abs(value) if value.is_zero() else value
