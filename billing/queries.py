"""Sums by currency: amounts of two currencies are never added."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Sum

from billing.models import ChargeQuerySet
from foundation.money import NOTHING, format_money


def totals(rows: ChargeQuerySet) -> list[tuple[str, Decimal]]:
    """``(currency, what is open)`` in order of currencies."""
    left = Sum(F("amount") - F("settled"))
    found = rows.order_by("currency").values_list("currency").annotate(sum=left)
    return list(found)


def as_text(sums: Iterable[tuple[str, Decimal]]) -> str:
    """``CNY 1,200.00 · USD 3.00``; dashes for nothing."""
    return " · ".join(format_money(amount, currency) for currency, amount in sums) or NOTHING
