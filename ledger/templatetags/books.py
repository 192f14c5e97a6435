"""Amounts on the staff's pages of the books, to the currency's minor unit."""

from __future__ import annotations

from decimal import Decimal

from django import template

from foundation.currencies import minor_units
from foundation.money import format_money, format_number

register = template.Library()


@register.filter
def money(value: Decimal, currency: str) -> str:
    """``CNY 1,234.50``."""
    return format_money(value, currency)


@register.filter
def amount(value: Decimal, currency: str) -> str:
    """``1,234.50``, where the currency stands beside it."""
    return format_number(value, minor_units(currency))
