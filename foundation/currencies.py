"""ISO 4217 currencies: codes, minor units and names, from CLDR by way of Babel."""

from __future__ import annotations

from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_precision
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from foundation.errors import InvalidInput


def _current_codes() -> frozenset[str]:
    """Currencies some territory uses today as tender (CLDR's list has many of the past)."""
    codes: set[str] = set()
    for entries in get_global("territory_currencies").values():
        codes.update(code for code, _start, end, tender in entries if end is None and tender)
    return frozenset(codes)


CODES = _current_codes()
# CLDR gives the digits people still use in shops; amounts in documents follow ISO 4217.
ISO_MINOR_UNITS = {"IQD": 3} | dict.fromkeys(
    ["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"], 2
)
# Shown first in choices: what the park trades in.
COMMON = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "SGD")


def minor_units(code: str) -> int:
    """Decimal places of amounts in this currency: 2 for CNY, 0 for JPY, 3 for KWD."""
    return ISO_MINOR_UNITS.get(code, get_currency_precision(code))


def validate(code: str) -> str:
    """The code in capitals; raises InvalidInput for one that is no current ISO 4217 currency."""
    plain = code.strip().upper()
    if plain not in CODES:
        raise InvalidInput(
            _("“%(code)s” is not a currency code such as CNY or USD."),
            code="unknown_currency",
            params={"code": code},
        )
    return plain


@cache
def name(code: str, language: str) -> str:
    return get_currency_name(code, locale=to_locale(language))


def choices(language: str) -> list[tuple[str, str]]:
    """(code, "CNY – Chinese Yuan"), the common ones first, the rest by code."""
    rest = sorted(CODES - set(COMMON))
    return [(code, f"{code} – {name(code, language)}") for code in (*COMMON, *rest)]
