"""What becomes of a deposit when a lease is settled. Pure: amounts in, amounts out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """In one currency. ``deposit`` is what was paid of it, ``unused_rent`` was charged for days
    after the last one."""

    deposit: Decimal
    open_charges: Decimal
    late_fee: Decimal
    damages: Decimal
    unused_rent: Decimal

    @property
    def owed(self) -> Decimal:
        """Before the deposit; below zero when more rent was charged than is owed in all."""
        return self.open_charges + self.late_fee + self.damages - self.unused_rent

    @property
    def refund(self) -> Decimal:
        """Of the deposit; never more than it."""
        return min(self.deposit, max(self.deposit - self.owed, ZERO))

    @property
    def rent_back(self) -> Decimal:
        """Rent that was paid and not used, beside the deposit."""
        return max(-self.owed, ZERO)

    @property
    def still_owed(self) -> Decimal:
        return max(self.owed - self.deposit, ZERO)
