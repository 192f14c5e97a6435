"""Minutes as hours of teaching (学时): how many minutes one has, the scheme says."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

# 45 or 50 minutes by scheme; an hour of the clock for those that count so.
MINUTES_PER_HOUR = [45, 50, 60]
HALF = Decimal("0.5")


def hours_of(minutes: int, minutes_per_hour: int) -> Decimal:
    """Rounded down to half an hour: what is printed was really taught."""
    halves = (Decimal(minutes) / minutes_per_hour / HALF).to_integral_value(ROUND_FLOOR)
    hours = halves * HALF
    return hours.to_integral_value() if hours % 1 == 0 else hours
