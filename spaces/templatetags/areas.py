"""Areas and shares, rounded for the eye and nowhere else."""

from __future__ import annotations

from decimal import Decimal

from django import template

from foundation.money import NOTHING, format_number

register = template.Library()


@register.filter
def area(value: Decimal | None) -> str:
    """In m², to the hundredth."""
    return format_number(value, 2)


@register.filter
def share(value: Decimal | None) -> str:
    """``87.5 %``; ``--`` of nothing."""
    return NOTHING if value is None else f"{format_number(value, 1)} %"
