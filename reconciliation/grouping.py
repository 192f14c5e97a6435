"""Which of an organisation's open bills add up to a sum. Pure.

A search over all sets grows without end, so it is limited: the first due of an organisation's
bills, and few of them at a time; beside these all bills together.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

LOOKED_AT, TOGETHER = 10, 5
Places = tuple[int, ...]


def groups_of(amounts: Sequence[Decimal]) -> dict[Decimal, Places]:
    """Each sum to the smallest group that makes it, of those the one first due. A bill alone is
    always looked at."""
    found: dict[Decimal, Places] = {}
    for place, amount in enumerate(amounts):
        found.setdefault(amount, (place,))
    for size in range(2, min(TOGETHER, len(amounts)) + 1):
        for places in combinations(range(min(len(amounts), LOOKED_AT)), size):
            found.setdefault(sum((amounts[place] for place in places), Decimal(0)), places)
    if len(amounts) > TOGETHER:
        found.setdefault(sum(amounts, Decimal(0)), tuple(range(len(amounts))))
    return found
