"""Locks of sessions and of what seats are counted against.

Whoever changes a seat holds the lock of its session until the transaction ends, so the seats of a
session are read and written by one at a time and need no locks of rows. What is shared between
sessions (agreements, funding lines) is locked after it, agreements before lines and each by its
key, so that no two can wait for each other. Advisory locks, because the portal's role may not
lock rows that it only reads.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

SESSION, AGREEMENT, FUNDING_LINE = 7_341, 7_342, 7_343
LOCK = "select pg_advisory_xact_lock(%s, key) from unnest(%s::int[]) key"
KEYS = 2**31


def lock_session(pk: int) -> None:
    """Wait for whoever books in it. Of two sessions the one with the smaller key first."""
    _lock(SESSION, [pk])


def lock_quotas(agreements: Iterable[int], lines: Iterable[int]) -> None:
    """All that an operation may count against, at once, after the session."""
    for kind, keys in ((AGREEMENT, agreements), (FUNDING_LINE, lines)):
        if wanted := sorted({key % KEYS for key in keys}):
            _lock(kind, wanted)


def _lock(kind: int, keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [kind, keys])
