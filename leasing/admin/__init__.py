"""Leases in the staff site."""

from leasing.admin import handovers, leases, prices, units

__all__ = ["handovers", "leases", "prices", "units"]
