"""What the numbers of papers are drawn from: letters and digits not taken for one another."""

from __future__ import annotations

import secrets

# Without 0 and O, 1, I and L, and the vowels, so that no words come about.
SYMBOLS = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8


def drawn() -> str:
    """Random, so that it tells nobody how many there are."""
    return "".join(secrets.choice(SYMBOLS) for _place in range(LENGTH))
