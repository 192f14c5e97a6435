"""Dates and numbers: the same in both languages, so that figures can be compared."""

from foundation.formats.shared import *  # noqa: F403
