"""The lock of a space: whoever changes who has it holds the lock until the transaction ends.

An advisory lock, because the portal's role reads spaces and may not lock their rows. Under it the
ledger is read, expired holds are cleared away, amounts are counted and rows are written, so that
nobody ever waits for a neighbour's row and no two can wait for each other: locks are taken in one
order, and a desk shares the lock of its unit.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from spaces.models import Space

# The number of our advisory locks; the second one is the space.
LOCK_CLASS = 7_321
LOCK = "select pg_advisory_xact_lock(%s, key) from unnest(%s::int[]) key"
KEYS = 2**31


def lock_spaces(spaces: Iterable[Space]) -> None:
    """Wait for whoever changes these spaces.

    Once for a transaction: an operation that takes several times calls this first with every
    space it may touch, or two of its kind could wait for each other.
    """
    keys = sorted({space.lock_key % KEYS for space in spaces})
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCK_CLASS, keys])
