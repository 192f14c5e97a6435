"""How values are written: the same in Chinese and English, so that two readers can compare.

Amounts and numbers are written by :mod:`foundation.money`.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

from foundation import countries
from foundation.money import NOTHING


def day(value: date | None) -> str:
    """``2026-09-05``; a moment is taken as the day in the park's zone."""
    if not value:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    """``2026-09-05 14:08`` in the park's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else NOTHING


def country(code: str) -> str:
    """The country's name in the reader's language, the code itself where it has none."""
    if not code:
        return NOTHING
    known = code in countries.CODES or code == countries.UNKNOWN
    return countries.name(code, get_language() or "en") if known else code


def masked_address(address: str) -> str:
    """``lic***@haihe.example``: enough for its owner to know it."""
    name, _at, host = address.partition("@")
    return f"{name[:3]}***@{host}"
