"""Where the apps above find what ``backbone.recording`` has; it began here."""

from backbone.recording import changed, saved

__all__ = ["changed", "saved"]
