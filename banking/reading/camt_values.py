"""Amounts and days as camt writes them: a dot before decimals, ISO 8601."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

# Eighteen digits and five decimals by the standard.
NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?=$|[T Z+-])", re.ASCII)


def amount_of(element: ET.Element | None) -> tuple[Decimal | None, str]:
    """The amount without direction and its currency; None where it is no number."""
    if element is None:
        return None, ""
    said = (element.text or "").strip()
    currency = element.get("Ccy", element.get("AmtCcy", "")).strip().upper()[:3]
    return (Decimal(said) if NUMBER.fullmatch(said) else None), currency


def day_of(said: str) -> date | None:
    """The day as it is written, whatever its zone: it is the bank's own."""
    found = DAY.match(said)
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
