"""The training centre in the staff site."""

from training.admin import agreements, catalogue, idle, seats, sessions

__all__ = ["agreements", "catalogue", "idle", "seats", "sessions"]
