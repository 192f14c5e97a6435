"""Step one: the file's rows in a typed temporary table, judged as they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
from django.utils.translation import gettext_lazy as _
from psycopg2 import sql

from backbone.progress import Reports
from foundation.tables.csv_reader import too_many_rows
from foundation.tables.errors import TableError
from foundation.tables.normalise import Chunk, CopyStream, Normaliser
from foundation.tables.source import Table
from trade.models import ImportMapping
from trade.pipeline import progress, rules

TABLES = (
    "import_rows",
    "import_heads",
    "import_ids",
    "import_rates",
    "import_lines",
    "import_added",
    "import_changes",
)
CHUNKS_BETWEEN_CHECKS = 20
MAX_ROWS = 1_000_000
# All countries of the world in three spellings; more of them is another column by mistake.
MAX_LABELS = 1_000

# Temporary tables have no row-level security, so COPY may fill them; nobody else sees them.
CREATE = """
create temporary table import_rows (
  line_no int not null, problem text, number text, ordered_at timestamptz, sku text, description text,
  quantity numeric, unit_price numeric, country text, currency text, direction text, origin text,
  verdict text generated always as ({verdict}) stored,
  line_key uuid generated always as (md5(
    sku || chr(31) || coalesce(description, '') || chr(31)
    || trim_scale(quantity)::text || chr(31) || trim_scale(unit_price)::text)::uuid) stored
) on commit drop
"""


def stage(cursor: Any, table: Table, mapping: ImportMapping, reporter: Reports) -> int:
    """Fill ``import_rows`` from the table; gives the number of rows read.

    Raises TableError where the file cannot be read to its end, and whatever stops the reporter.
    """
    columns = rules.column_rules(mapping, table)
    normaliser = Normaliser(table, columns)
    drop_leftovers(cursor)
    names = {rule.name for rule in columns}
    cursor.execute(sql.SQL(CREATE).format(verdict=rules.verdict(mapping, names)))
    zone = _switch_zone(cursor, mapping.time_zone)
    statement = sql.SQL("copy import_rows ({}) from stdin").format(
        sql.SQL(", ").join(map(sql.Identifier, normaliser.columns))
    )
    _copy(cursor, statement, _watched(normaliser, table, reporter))
    _switch_zone(cursor, zone)
    cursor.execute("analyze import_rows")
    return normaliser.rows


def labels(cursor: Any) -> list[str]:
    """The distinct country labels of the rows staged, '' for a blank one.

    Raises TableError where there are more than a column of countries can hold.
    """
    cursor.execute(
        "select distinct coalesce(country, '') from import_rows limit %s", [MAX_LABELS + 1]
    )
    found = [row[0] for row in cursor.fetchall()]
    if len(found) > MAX_LABELS:
        raise TableError(
            "too_many_labels",
            _(
                "The column of countries holds more than %(limit)s different values. Choose "
                "another column for the country."
            ),
            params={"limit": MAX_LABELS},
        )
    return found


def drop_leftovers(cursor: Any) -> None:
    """Tables of an import earlier in this transaction."""
    for name in TABLES:
        cursor.execute(sql.SQL("drop table if exists pg_temp.{}").format(sql.Identifier(name)))


def _watched(normaliser: Normaliser, table: Table, reporter: Reports) -> Iterator[Chunk]:
    for number, chunk in enumerate(normaliser.chunks()):
        if number % CHUNKS_BETWEEN_CHECKS == 0:
            reporter.check()
            reporter.report(
                done=int(table.position * progress.READ), total=progress.DONE, note="reading"
            )
        yield chunk
        if normaliser.rows > MAX_ROWS:
            raise too_many_rows(MAX_ROWS)


def _copy(cursor: Any, statement: sql.Composable, chunks: Iterator[Chunk]) -> None:
    """COPY, letting out the error that stopped the chunks instead of the driver's echo of it."""
    stopped: list[BaseException] = []

    def guarded() -> Iterator[Chunk]:
        try:
            yield from chunks
        except BaseException as error:
            stopped.append(error)
            raise

    try:
        cursor.copy_expert(statement, CopyStream(guarded()))
    except psycopg2.Error as error:
        if stopped:
            raise stopped[0] from error
        raise


def _switch_zone(cursor: Any, zone: str) -> str:
    cursor.execute("select current_setting('timezone'), set_config('timezone', %s, true)", [zone])
    return str(cursor.fetchone()[0])
