"""What a role can do to the tables by itself, past every line of the portal's own code."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.db import connection
from psycopg2 import sql
from psycopg2.extras import Json

from tests import databases
from tests.walls.population import Organisation
from tests.walls.tables import Table, tenant_tables

# Greater than any key in the population.
NEW_KEY = 10**9
DENIED, WALLED = "no right", "the wall"
FOREIGN_KEY, TRIGGER, CONSTRAINT = "a foreign key", "a trigger", "a constraint"
# What is issued is frozen by triggers that come before the wall: drafts are tried instead.
DRAFTS = "select id from billing_invoice where state = 'draft'"
ROWS = {"billing_invoice": f"id in ({DRAFTS})", "billing_invoiceline": f"invoice_id in ({DRAFTS})"}
CODES = {"23503": FOREIGN_KEY, "23000": TRIGGER}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows a statement met, or what refused it."""

    rows: int = 0
    refused_by: str = ""

    def __str__(self) -> str:
        return f"refused by {self.refused_by}" if self.refused_by else f"{self.rows} rows"


class Database:
    """The owner's eyes for what is there, and the role's hands for what is tried."""

    def __init__(self, role: str) -> None:
        name = connection.settings_dict["NAME"]
        self.role = role
        self._owner, self._hands = databases.connect_owner(name), databases.connect(name)
        self._hands.autocommit = False
        with self._owner.cursor() as cursor:
            self.tables = tenant_tables(cursor)

    def close(self) -> None:
        self._hands.close()
        self._owner.close()

    # -- what is there -------------------------------------------------------------------------

    def look(self, statement: Any, values: Any = None) -> list[Any]:
        with self._owner.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def row(self, table: Table, own: Organisation) -> dict[str, Any]:
        """The organisation's newest row of those to try, generated columns left out."""
        order = sql.SQL(", ").join(map(sql.Identifier, table.key))
        found = self.look(
            sql.SQL(
                "select to_jsonb(t) from {} t where {} = %s and {} order by ({}) desc limit 1"
            ).format(
                sql.Identifier(table.name),
                sql.Identifier(table.owner),
                sql.SQL(ROWS.get(table.name, "true")),
                order,
            ),
            [own.pk],
        )
        assert found, f"{own.mark.stem} has no row in {table.name}; see test_population"
        return {name: value for name, value in found[0][0].items() if name in table.columns}

    def count(self, table: Table, own: Organisation) -> int:
        return self.look(self.select(table, "{owner} = %s"), [own.pk])[0][0]

    def may(self, right: str, table: Table) -> list[str]:
        """The columns on which the role has this right."""
        rows = self.look(
            "select c from unnest(%s::text[]) c where has_column_privilege(%s, %s, c, %s)",
            [table.columns, self.role, table.name, right],
        )
        return [name for (name,) in rows]

    def may_delete(self, table: Table) -> bool:
        asked = "select has_table_privilege(%s, %s, 'DELETE')"
        return self.look(asked, [self.role, table.name])[0][0]

    # -- what is tried -------------------------------------------------------------------------

    def attempt(
        self,
        statement: Any,
        values: Any = None,
        *,
        tenant: Organisation | None = None,
        person: int | None = None,
    ) -> Outcome:
        """Run one statement with its deferred constraints, and take it back."""
        with self._hands.cursor() as cursor:
            cursor.execute("select set_config('role', %s, true)", [self.role])
            if tenant:
                cursor.execute("select set_config('app.tenant', %s, true)", [str(tenant.pk)])
            if person:
                cursor.execute("select set_config('app.user', %s, true)", [str(person)])
            try:
                cursor.execute(statement, values)
                rows = cursor.fetchone()[0] if cursor.description else cursor.rowcount
                cursor.execute("set constraints all immediate")
                return Outcome(rows)
            except psycopg2.Error as error:
                return Outcome(refused_by=_judge(error))
            finally:
                self._hands.rollback()

    def select(self, table: Table, condition: str = "true") -> sql.Composable:
        """How many rows; ``{owner}`` in the condition is the column that names the tenant."""
        counted = sql.SQL(f"select count(*) from {{table}} where {condition}")
        return counted.format(table=sql.Identifier(table.name), owner=sql.Identifier(table.owner))

    def insert(self, table: Table, row: dict[str, Any]) -> tuple[Any, list[Any]]:
        """A statement that writes the row; with columns that may be written, or all of them."""
        names = [name for name in self.may("INSERT", table) or table.columns if name in row]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        return sql.SQL(
            "insert into {table} ({columns}) select {columns} "
            "from jsonb_populate_record(null::{table}, %s)"
        ).format(table=sql.Identifier(table.name), columns=columns), [Json(row)]

    def update(
        self, table: Table, column: str, value: Any, row: dict[str, Any]
    ) -> tuple[Any, list[Any]]:
        where, values = self._is(table, row)
        return sql.SQL("update {} set {} = %s where {}").format(
            sql.Identifier(table.name), sql.Identifier(column), where
        ), [value, *values]

    def touch(self, table: Table, row: dict[str, Any]) -> tuple[Any, list[Any]]:
        """An update that changes nothing."""
        where, values = self._is(table, row)
        column = sql.Identifier((self.may("UPDATE", table) or table.columns)[0])
        return sql.SQL("update {} set {} = {} where {}").format(
            sql.Identifier(table.name), column, column, where
        ), values

    def delete(self, table: Table, row: dict[str, Any]) -> tuple[Any, list[Any]]:
        where, values = self._is(table, row)
        return sql.SQL("delete from {} where {}").format(sql.Identifier(table.name), where), values

    def _is(self, table: Table, row: dict[str, Any]) -> tuple[sql.Composable, list[Any]]:
        each = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in table.key]
        return sql.SQL(" and ").join(each), [row[name] for name in table.key]


def as_new(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row under a key that no other has."""
    name = next(column for column in table.key if column != "tenant_id")
    return row | {name: NEW_KEY if isinstance(row[name], int) else str(uuid.uuid4())}


def _judge(error: psycopg2.Error) -> str:
    code = error.pgcode or ""
    if code == "42501":
        return WALLED if "row-level security" in str(error) else DENIED
    return CODES.get(code, CONSTRAINT if code.startswith("23") else f"{code} {error}".strip())
