"""What an import would do with a table, without doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from backbone.progress import Reports
from foundation.tables.csv_reader import Record
from foundation.tables.errors import Remark
from foundation.tables.source import Table
from trade.models import Direction, ImportMapping
from trade.pipeline import countries, staging
from trade.pipeline.reasons import Problem

PROBLEMS = """
select verdict, count(*), min(line_no) from import_rows
where verdict not in ('sale', 'cancellation') group by verdict order by min(line_no)
"""
PREVIEW_ROWS = 10
STORED = """
select line_no, verdict, number, ordered_at, sku, description, quantity, unit_price, country, currency,
  direction
from import_rows order by line_no limit %s
"""


@dataclass
class Check:
    """Counts and all distinct problems of a whole file; ``first_rows`` as they stand in it."""

    headers: list[str]
    first_rows: list[Record]
    # The same rows as they would be stored: line_no, verdict and the columns of orders.
    stored_rows: list[dict[str, Any]]
    rows_read: int
    sale_lines: int
    cancellation_lines: int
    problems: list[Problem]
    unmapped_countries: list[str]
    # Every country label of the file with the code it would get.
    countries: dict[str, str]
    # The cells of the first row of each problem, by its number.
    examples: dict[int, list[str]]
    remarks: list[Remark] = field(default_factory=list)
    # The key of the file of rejected rows, where one was kept.
    rejected_document: int | None = None

    @property
    def rejected(self) -> int:
        return sum(problem.count for problem in self.problems if problem.is_rejection)

    @property
    def skipped(self) -> int:
        return sum(problem.count for problem in self.problems if not problem.is_rejection)


def check_table(
    table: Table,
    mapping: ImportMapping,
    reporter: Reports,
    keep_rejected: Callable[[], int] | None = None,
) -> Check:
    """Stage and judge the rows, then forget them. Raises TableError as the import would.

    ``keep_rejected`` is called where a row is rejected, while the rows are still staged.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        rows_read = staging.stage(cursor, table, mapping, reporter)
        cursor.execute(PROBLEMS)
        problems = [Problem(*row) for row in cursor.fetchall()]
        labels = countries.resolve(staging.labels(cursor), mapping.country_labels)
        check = Check(
            headers=table.headers,
            first_rows=table.preview(PREVIEW_ROWS),
            stored_rows=_stored(cursor, mapping, labels),
            rows_read=rows_read,
            sale_lines=_count(cursor, "sale"),
            cancellation_lines=_count(cursor, "cancellation"),
            problems=problems,
            unmapped_countries=labels.unmapped,
            countries=labels.resolved,
            examples=dict(table.rows_at(problem.first_line for problem in problems)),
            remarks=table.warnings,
        )
        if keep_rejected and check.rejected:
            check.rejected_document = keep_rejected()
        staging.drop_leftovers(cursor)
        return check


def _stored(cursor: Any, mapping: ImportMapping, labels: countries.Labels) -> list[dict[str, Any]]:
    """The first rows with currency, country and direction as the mapping's rules decide them."""
    cursor.execute(STORED, [PREVIEW_ROWS])
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["country"] = labels.resolved[row["country"] or ""]
        row["currency"] = (row["currency"] or mapping.currency).upper()
        row["direction"] = _direction(mapping, row)
    return rows


def _direction(mapping: ImportMapping, row: dict[str, Any]) -> str:
    if mapping.direction_rule == ImportMapping.DirectionRule.COLUMN:
        return (row["direction"] or "").lower()
    if mapping.direction_rule != ImportMapping.DirectionRule.COUNTRY:
        return mapping.direction_rule
    home = row["country"] == mapping.home_country
    return Direction.DOMESTIC if home else Direction.EXPORT


def _count(cursor: Any, verdict: str) -> int:
    cursor.execute("select count(*) from import_rows where verdict = %s", [verdict])
    return int(cursor.fetchone()[0])
