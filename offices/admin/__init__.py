"""Bookings in the staff site."""

from offices.admin import bookings, grants, rules

__all__ = ["bookings", "grants", "rules"]
