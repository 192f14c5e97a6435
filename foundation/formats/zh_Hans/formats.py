"""Dates and numbers as both languages show them; the same in each, so that figures can be compared."""

from foundation.formats.shared import *  # noqa: F403
