"""Refused rows as a file: the original cells, with the reason in front, to mend and upload again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO, Any

from foundation.refs import ref_of
from foundation.tables.source import Table
from foundation.tables.writing import write_csv
from trade.pipeline.reasons import sentences
from trade.pipeline.rules import REASON_COLUMN, ROW_COLUMN

# Read a part at a time: of a million rows every one may be refused.
DECLARE = """
declare rejected_rows no scroll cursor for
select line_no, coalesce(problem, substr(verdict, 10)) from import_rows
where verdict like 'rejected:%' order by line_no
"""
FETCH, CLOSE = "fetch 2000 from rejected_rows", "close rejected_rows"


@contextmanager
def write_rejected(cursor: Any, table: Table, import_id: int) -> Iterator[IO[bytes]]:
    """A temporary CSV file as our exports are; needs ``import_rows`` of this transaction.

    Cells that a spreadsheet would run as formulas are escaped, which reading undoes.
    """
    headers = [REASON_COLUMN, ROW_COLUMN, *(table.raw_headers[index] for index in _own(table))]
    with tempfile.TemporaryFile(prefix="park-rejected-") as file:
        write_csv(file, headers, _rows(table, _problems(cursor), import_id))
        file.seek(0)
        yield file


def _problems(cursor: Any) -> Iterator[tuple[int, str]]:
    cursor.execute(DECLARE)
    cursor.execute(FETCH)
    while found := cursor.fetchall():
        yield from found
        cursor.execute(FETCH)
    cursor.execute(CLOSE)


def _rows(table: Table, problems: Iterator[tuple[int, str]], import_id: int) -> Iterator[list[str]]:
    own, width = _own(table), len(table.raw_headers)
    said = cache(sentences)  # the same few, for this file and its reader's language
    source = ref_of(import_id, "import")
    wanted, problem = next(problems, (0, ""))
    # Both come in the file's order.
    for line, cells in table.rows():
        if line == wanted:
            kept = [cells[index].strip() for index in own if index < len(cells)]
            yield [said(problem), f"{line}@{source}", *kept, *cells[width:]]
            wanted, problem = next(problems, (0, ""))


def _own(table: Table) -> list[int]:
    """The file's own columns: in a mended file ours stand before them already."""
    ours = (REASON_COLUMN, ROW_COLUMN)
    return [index for index, header in enumerate(table.raw_headers) if header not in ours]
