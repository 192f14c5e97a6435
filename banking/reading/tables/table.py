"""A table of a bank or wallet: text in whatever encoding, or the sheets of a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from banking.reading.checks import remark, what_is_wrong
from banking.reading.reasons import of_table, reason, unreadable
from banking.reading.structure import Hints, Reading, SetAside, Statement, Unreadable
from banking.reading.tables.decoding import texts_of
from banking.reading.tables.header import ROWS_SEARCHED, Header, find_header, given_header
from banking.reading.tables.rows import Found, Row, Rows
from foundation.tables.errors import TableError
from foundation.tables.source import Table, open_table
from foundation.tables.xlsx_reader import Limits

MOST_ROWS, MOST_CELLS = 100_000, 1_500_000
LIMITS = Limits(rows=MOST_ROWS)
# Rows of nothing but delimiters above the table that are passed over.
BLANK_ROWS = 40
MOST_SHEETS = 12


@dataclass
class _Sheet:
    name: str
    rows: list[Row]


def read_text(data: bytes, hints: Hints) -> Reading:
    """A table of text. Raises Unreadable."""
    best, text_of_best = 0, ""
    problem: Unreadable | None = None
    for text in texts_of(data):
        try:
            header = _header_in(_first_rows(text), hints)
        except TableError as error:
            problem = problem or Unreadable(of_table(error))
            continue
        if header and header.score > best:
            best, text_of_best = header.score, text
    if not best:
        raise problem or unreadable("no_header")
    try:
        rows = _rows_of(io.BytesIO(text_of_best.encode("utf-8", "replace")))
    except TableError as error:
        raise Unreadable(of_table(error)) from None
    header = _header_in(rows, hints)
    assert header is not None
    reading = Reading("CSV")
    _take(reading, header, rows, hints)
    return _judged(reading)


def read_workbook(data: bytes, hints: Hints) -> Reading:
    """Every visible sheet with a table of movements. Raises Unreadable."""
    reading = Reading("XLS" if data.startswith(b"\xd0\xcf") else "XLSX")
    without = []
    try:
        for sheet in _sheets(data):
            header = _header_in(sheet.rows, hints)
            if header is None:
                without.append(sheet.name)
            else:
                _take(reading, header, sheet.rows, hints)
    except TableError as error:
        raise Unreadable(of_table(error)) from None
    if not reading.statements and not reading.set_aside:
        raise unreadable("no_header")
    if without:
        reading.remarks.append(reason("sheets_left_out", sheets=", ".join(without)))
    return _judged(reading)


def _header_in(rows: list[Row], hints: Hints) -> Header | None:
    """The file's own names of columns before those that somebody typed."""
    found = find_header(rows)
    return found or (given_header(hints.columns) if hints.columns else None)


def _sheets(data: bytes) -> Iterator[_Sheet]:
    with _opened(io.BytesIO(data)) as first:
        names = first.sheets[:MOST_SHEETS]
        yield _Sheet(first.sheet or "", _all_rows(first))
    for name in names:
        if name == first.sheet:
            continue
        try:
            with _opened(io.BytesIO(data), name) as table:
                yield _Sheet(name, _all_rows(table))
        except TableError as error:
            # A sheet of nothing beside the one with the table.
            if error.code not in ("empty", "blank_header"):
                raise


def _opened(binary: io.BytesIO, sheet: str | None = None) -> Table:
    """The table from its first row that is not blank."""
    for row in range(1, BLANK_ROWS):
        try:
            return open_table(
                binary, filename="statement", sheet=sheet, header_row=row, limits=LIMITS,
                old_workbooks=True,
            )  # fmt: skip
        except TableError as error:
            if error.code != "blank_header":
                raise
    raise unreadable("no_header")


def _first_rows(text: str) -> list[Row]:
    with _opened(io.BytesIO(text.encode("utf-8", "replace"))) as table:
        return [(table.header_line, table.raw_headers), *table.preview(ROWS_SEARCHED)]


def _rows_of(binary: io.BytesIO) -> list[Row]:
    with _opened(binary) as table:
        return _all_rows(table)


def _all_rows(table: Table) -> list[Row]:
    rows: list[Row] = [(table.header_line, table.raw_headers)]
    cells = 0
    for record in table.rows():
        rows.append(record)
        cells += len(record[1])
        if len(rows) > MOST_ROWS or cells > MOST_CELLS:
            raise unreadable("too_many_rows", limit=MOST_ROWS)
    return rows


def _take(reading: Reading, header: Header, rows: list[Row], hints: Hints) -> None:
    found = Rows(header, rows[header.row + 1 :], hints).read()
    reading.set_aside += found.aside
    for account, lines in found.lines.items():
        statement = Statement(
            account=account,
            holder=header.holder,
            currency=header.currency or lines[0].currency,
            lines=lines,
        )
        problem = what_is_wrong(statement)
        if problem is None:
            remark(statement)
            reading.statements.append(statement)
        else:
            reading.set_aside.append(SetAside(problem, statement, place=header.row + 1))
    _tell(reading, found)


def _tell(reading: Reading, found: Found) -> None:
    for said in found.remarks:
        reading.remarks.append(said)


def _judged(reading: Reading) -> Reading:
    if not reading.statements and not reading.set_aside:
        raise unreadable("no_entries")
    return reading
