"""Numbers of papers: the year, and letters and digits that are not taken for one another."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils import timezone

# Without 0 and O, 1, I and L, and the vowels, so that no words come about.
SYMBOLS = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8


def new_number(prefix: str, now: datetime) -> str:
    """``A26-7KQ4M2XN``. Random, so that it tells nobody how many there are."""
    drawn = "".join(secrets.choice(SYMBOLS) for _place in range(LENGTH))
    return f"{prefix}{timezone.localtime(now):%y}-{drawn}"
