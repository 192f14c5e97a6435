"""Both languages on one paper: a text is a pair, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import translation

from foundation.amounts_in_words import in_chinese, in_english
from foundation.currencies import minor_units
from foundation.errors import Sentence
from foundation.money import format_number

LANGUAGES = ("zh-hans", "en")


def both(text: Sentence, **values: Any) -> list[str]:
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(text) % values if values else str(text))
    return found


def words(texts: Mapping[str, Sentence]) -> dict[str, list[str]]:
    return {name: both(text) for name, text in texts.items()}


def names(side: Mapping[str, str]) -> dict[str, str]:
    """Of the park or the payer, as a bill keeps it; the English name is left out where there is
    no other than the Chinese one."""
    second = side.get("name_en", "")
    return {
        "name": side.get("name", ""),
        "name_en": "" if second == side.get("name") else second,
        "registration_number": side.get("registration_number", ""),
    }


def figure(amount: Decimal | None, currency: str) -> str:
    """Without the currency, which stands above the column; empty for None."""
    return "" if amount is None else format_number(amount, minor_units(currency))


def trimmed(value: Decimal) -> str:
    """``1,200.5`` of 1200.5000."""
    return format_number(value.normalize() + 0)


def price(value: Decimal, currency: str) -> str:
    """With the places of its currency, and as many more as it has."""
    places = -int(value.normalize().as_tuple().exponent)
    return format_number(value, max(places, minor_units(currency)))


def in_words(amount: Decimal, currency: str) -> list[str]:
    """Chinese for CNY alone: its words name yuan."""
    english = in_english(amount, currency)
    return [in_chinese(amount), english] if currency == "CNY" else [english]
