"""Bookings in the staff site."""

from offices.admin import bookings, rules

__all__ = ["bookings", "rules"]
