"""Numbers of papers: the year, and letters and digits that are not taken for one another."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from foundation.numbers import drawn


def new_number(prefix: str, now: datetime) -> str:
    """``A26-7KQ4M2XN``. Random, so that it tells nobody how many there are."""
    return f"{prefix}{timezone.localtime(now):%y}-{drawn()}"
