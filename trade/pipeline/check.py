"""What an import would do with a table, without doing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from backbone.progress import Reports
from foundation.tables.csv_reader import Record
from foundation.tables.errors import Remark
from foundation.tables.source import Table
from trade.models import ImportMapping
from trade.pipeline import countries, staging
from trade.pipeline.reasons import Problem

PROBLEMS = """
select verdict, count(*), min(line_no) from import_rows
where verdict not in ('sale', 'cancellation') group by verdict order by min(line_no)
"""


@dataclass
class Check:
    """Counts and all distinct problems of a whole file; ``first_rows`` as they stand in it."""

    headers: list[str]
    first_rows: list[Record]
    rows_read: int
    sale_lines: int
    cancellation_lines: int
    problems: list[Problem]
    unmapped_countries: list[str]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(problem.count for problem in self.problems if problem.is_rejection)

    @property
    def skipped(self) -> int:
        return sum(problem.count for problem in self.problems if not problem.is_rejection)


def check_table(table: Table, mapping: ImportMapping, reporter: Reports) -> Check:
    """Stage and judge the rows, then forget them. Raises TableError as the import would."""
    with transaction.atomic(), connection.cursor() as cursor:
        rows_read = staging.stage(cursor, table, mapping, reporter)
        cursor.execute(PROBLEMS)
        problems = [Problem(*row) for row in cursor.fetchall()]
        check = Check(
            headers=table.headers,
            first_rows=table.preview(10),
            rows_read=rows_read,
            sale_lines=_count(cursor, "sale"),
            cancellation_lines=_count(cursor, "cancellation"),
            problems=problems,
            unmapped_countries=countries.resolve(
                staging.labels(cursor), mapping.country_labels
            ).unmapped,
            remarks=table.warnings,
        )
        staging.drop_leftovers(cursor)
        return check


def _count(cursor: Any, verdict: str) -> int:
    cursor.execute("select count(*) from import_rows where verdict = %s", [verdict])
    return int(cursor.fetchone()[0])
