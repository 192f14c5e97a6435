"""Which rows a request left changed, asked of PostgreSQL itself and read past every wall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tenants.isolation.context import STAFF, Identity, enter

# What a request may leave without having done anything that people asked for.
WORK = {"django_session", "usersessions_usersession"}
Leaf = tuple[str, tuple[str, ...]]

COUNTS = """
select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables
 where schemaname = 'public'
"""


@dataclass
class Changes:
    """New versions of rows by table, and how many rows are gone."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or any(self.deleted.values()))

    def leaves(self) -> Iterator[tuple[Leaf, Any]]:
        """Every single value with the table and the way to it."""
        for table, rows in self.rows.items():
            for row in rows:
                for path, value in leaves_of(row):
                    yield (table, path), value


def leaves_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves_of(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves_of(inner, (*path, "*"))
    else:
        yield path, value


class Watch:
    """Opened inside a transaction before a request; ``changes`` afterwards, before the rollback."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text::bigint")
            self.started = cursor.fetchone()[0]
        self.before = _counts()

    def tables(self) -> dict[str, int]:
        """Tables that something was written to, with the number of deleted rows.

        Writes that a savepoint took back count too.
        """
        moved = {}
        for table, (*written, deleted) in _counts().items():
            *earlier, gone = self.before.get(table, (0, 0, 0))
            if table not in WORK and (written, deleted) != (earlier, gone):
                moved[table] = deleted - gone
        return moved

    def wrote(self, table: str) -> bool:
        return _counts().get(table) != self.before.get(table)

    def changes(self) -> Changes:
        found = Changes()
        for table, deleted in self.tables().items():
            if deleted:
                found.deleted[table] = deleted
            if rows := _new_versions(table, self.started):
                found.rows[table] = rows
        return found


def _counts() -> dict[str, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return {name: tuple(counts) for name, *counts in cursor.fetchall()}


def _new_versions(table: str, started: int) -> list[dict[str, Any]]:
    """Savepoints have ids of their own, all above that of their transaction."""
    statement = f'select to_jsonb(t) from "{table}" t where xmin::text::bigint >= %s order by ctid'
    with enter(Identity(STAFF)), connection.cursor() as cursor:
        cursor.execute(statement, [started])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def content(table: str) -> str:
    """A table's rows as one number, to see whether any of them changed."""
    statement = f'select coalesce(sum(hashtextextended(t::text, 0)), 0)::text from "{table}" t'
    with enter(Identity(STAFF)), connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0])
