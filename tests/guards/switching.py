"""Switches the guard off that the environment names; without one, nothing."""

from __future__ import annotations

import contextlib
import os

from tests import databases
from tests.guards.listed import GUARDS, Guard

NAMED = "PARK_GUARD_OFF"


def named() -> Guard | None:
    wanted = os.environ.get(NAMED, "")
    return next(guard for guard in GUARDS if guard.name == wanted) if wanted else None


def switch_off_code() -> None:
    """Before the first test: whatever the guard's patch takes away."""
    if (guard := named()) and guard.patch:
        exec(guard.patch, {})  # noqa: S102  our own words, from tests/guards/listed.py


def switch_off_schema(database: str) -> None:
    """On the migrated database that every worker copies."""
    if (guard := named()) and guard.sql:
        with (
            contextlib.closing(databases.connect_owner(database)) as owner,
            owner.cursor() as cursor,
        ):
            cursor.execute(guard.sql)
