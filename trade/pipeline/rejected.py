"""Refused rows as a file: the original cells, with the reason in front, to mend and upload again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from foundation.refs import ref_of
from foundation.tables.source import Table
from foundation.tables.writing import write_csv
from trade.pipeline.reasons import sentences
from trade.pipeline.rules import REASON_COLUMN, ROW_COLUMN

REJECTED = """
select line_no, coalesce(problem, substr(verdict, 10)) from import_rows
where verdict like 'rejected:%' order by line_no
"""


@contextmanager
def write_rejected(cursor: Any, table: Table, import_id: int) -> Iterator[IO[bytes]]:
    """A temporary CSV file as our exports are; needs ``import_rows`` of this transaction.

    Cells that a spreadsheet would run as formulas are escaped, which reading undoes.
    """
    cursor.execute(REJECTED)
    problems = dict(cursor.fetchall())
    headers = [REASON_COLUMN, ROW_COLUMN, *(table.raw_headers[index] for index in _own(table))]
    with tempfile.TemporaryFile(prefix="park-rejected-") as file:
        write_csv(file, headers, _rows(table, problems, import_id))
        file.seek(0)
        yield file


def _rows(table: Table, problems: dict[int, str], import_id: int) -> Iterator[list[str]]:
    own, width = _own(table), len(table.raw_headers)
    source = ref_of(import_id, "import")
    for line, cells in table.rows_at(problems):
        kept = [cells[index].strip() for index in own if index < len(cells)]
        yield [sentences(problems[line]), f"{line}@{source}", *kept, *cells[width:]]


def _own(table: Table) -> list[int]:
    """The file's own columns: in a mended file ours stand before them already."""
    ours = (REASON_COLUMN, ROW_COLUMN)
    return [index for index, header in enumerate(table.raw_headers) if header not in ours]
