"""Tax that is in a price: drawn out of the sum of a rate, rounded once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from foundation.currencies import minor_units
from foundation.money import quantize

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def tax_in(gross: Decimal, rate: Decimal, currency: str) -> Decimal:
    """The tax of ``rate`` percent within ``gross``: gross × rate ÷ (100 + rate), rounded half up to
    the currency's minor unit (价税分离, 增值税法实施条例)."""
    return quantize(gross * rate / (HUNDRED + rate), currency)


@dataclass(frozen=True, slots=True)
class RateSum:
    rate: Decimal
    gross: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax


def sums_by_rate(lines: Iterable[tuple[Decimal, Decimal]], currency: str) -> list[RateSum]:
    """Of ``(rate, amount)``: the tax is rounded on the sum of a rate, not line by line."""
    found: dict[Decimal, Decimal] = {}
    for rate, amount in lines:
        found[rate] = found.get(rate, ZERO) + amount
    return [RateSum(r, found[r], tax_in(found[r], r, currency)) for r in sorted(found)]


def tax_to_credit(
    gross: Decimal, tax: Decimal, credited: Decimal, more: Decimal, rate: Decimal, currency: str
) -> Decimal:
    """The tax in ``more`` that is taken back of ``gross``, of which ``credited`` was taken before.

    Rounded on what is credited in all, so that notes over the whole sum to the bill's ``tax``.
    """
    after = credited + more
    whole = tax if after == gross else min(tax_in(after, rate, currency), tax)
    return whole - min(tax_in(credited, rate, currency), tax)


def shared(total: Decimal, weights: dict[str, Decimal], currency: str) -> dict[str, Decimal]:
    """``total`` over names by weight: each rounded down, and what that leaves goes by one minor
    unit to those that lost most. So no part is below zero, or above its weight where ``total`` is
    not above theirs."""
    unit = Decimal(1).scaleb(-minor_units(currency))
    whole = sum(weights.values(), ZERO)
    exact = {name: total * weight / whole for name, weight in weights.items()}
    parts = {name: part // unit * unit for name, part in exact.items()}
    lost = sorted(weights, key=lambda name: (parts[name] - exact[name], name))
    for name in lost[: int((total - sum(parts.values(), ZERO)) / unit)]:
        parts[name] += unit
    return parts
