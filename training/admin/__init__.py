"""The training centre in the staff site."""

from training.admin import agreements, catalogue, guests, idle, seats, sessions

__all__ = ["agreements", "catalogue", "guests", "idle", "seats", "sessions"]
