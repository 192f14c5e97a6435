"""The training centre in the staff site."""

from training.admin import agreements, catalogue, seats, sessions

__all__ = ["agreements", "catalogue", "seats", "sessions"]
