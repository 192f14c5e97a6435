"""Refused rows as a file: the original cells, with the reason in front, to mend and upload again."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from foundation.tables.source import Table
from trade.pipeline.reasons import sentences
from trade.pipeline.rules import REASON_COLUMN, ROW_COLUMN

REJECTED = """
select line_no, coalesce(problem, substr(verdict, 10)) from import_rows
where verdict like 'rejected:%' order by line_no
"""


@contextmanager
def write_rejected(cursor: Any, table: Table, import_id: int) -> Iterator[IO[bytes]]:
    """A temporary CSV file, UTF-8 with byte order mark; needs ``import_rows`` of this transaction."""
    cursor.execute(REJECTED)
    problems = dict(cursor.fetchall())
    own = [
        index
        for index, header in enumerate(table.raw_headers)
        if header not in (REASON_COLUMN, ROW_COLUMN)
    ]
    with tempfile.TemporaryFile(prefix="park-rejected-") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow([REASON_COLUMN, ROW_COLUMN, *(table.raw_headers[index] for index in own)])
        for line, cells in table.rows_at(problems):
            kept = [cells[index] for index in own if index < len(cells)]
            extra = cells[len(table.raw_headers) :]
            writer.writerow([sentences(problems[line]), f"{line}@{import_id}", *kept, *extra])
        text.flush()
        file.seek(0)
        yield file
        text.detach()
