"""Tables somebody downloads: CSV for programs and Excel alike, XLSX for people.

No cell becomes a formula or a link. Numbers stay numbers, identifiers of more than 15 digits stay
text, dates are shown as 2026-09-05 and moments in the active time zone. Both writers stream.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from foundation.errors import Sentence
from foundation.tables.errors import TableError
from foundation.tables.escaping import escape_cell

Row = Sequence[object]

BOM = "\ufeff"
LINES_AT_ONCE = 500
XLSX_MAX_ROWS = 1_048_575
XLSX_MAX_CELL_CHARS = 32_767
EXACT_DIGITS = 15
WIDTH_SAMPLE_ROWS = 200
MIN_WIDTH, MAX_WIDTH = 8, 60
FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook. ``totals`` names the columns (by index) summed in a last row."""

    title: Sentence
    headers: Sequence[Sentence]
    rows: Iterable[Row]
    totals: frozenset[int] = field(default_factory=frozenset)


def continued(sheet: Sheet, *, most: int = XLSX_MAX_ROWS) -> Iterator[Sheet]:
    """The sheet, and as many more of the same headers as its rows need.

    Rows are read once and in order; write each sheet before the next is asked for.
    """
    rows = iter(sheet.rows)
    is_first = True
    for row in rows:
        yield Sheet(sheet.title, sheet.headers, chain([row], islice(rows, most - 1)))
        is_first = False
    if is_first:
        yield Sheet(sheet.title, sheet.headers, [])


def csv_lines(headers: Sequence[Sentence], rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file in parts: UTF-8 with byte order mark (Excel garbles it without), CRLF, escaped."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([escape_cell(str(header)) for header in headers])
    for number, row in enumerate(rows, 1):
        writer.writerow([_csv_cell(value) for value in row])
        if number % LINES_AT_ONCE == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def write_csv(out: IO[bytes], headers: Sequence[Sentence], rows: Iterable[Row]) -> None:
    for part in csv_lines(headers, rows):
        out.write(part)


def write_xlsx(out: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """A workbook with a frozen, filterable header row on each sheet; memory flat at any size.

    Raises TableError where a sheet has more rows than Excel can hold.
    """
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    try:
        styles = _Styles(book)
        names: set[str] = set()
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(str(sheet.title), names)), sheet, styles)
    finally:
        book.close()


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.header = book.add_format(
            {"bold": True, "bg_color": "#E9ECEF", "bottom": 1, "valign": "top"}
        )
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self.text = book.add_format({"num_format": "@"})
        self._numbers: dict[tuple[int, bool], Format] = {}

    def number(self, places: int, total: bool = False) -> Format:
        key = (min(places, 6), total)
        if key not in self._numbers:
            pattern = "#,##0" + ("." + "0" * key[0] if key[0] else "")
            look = {"num_format": pattern} | ({"bold": True, "top": 1} if total else {})
            self._numbers[key] = self.book.add_format(look)
        return self._numbers[key]


def _write_sheet(paper: Worksheet, sheet: Sheet, styles: _Styles) -> None:
    widths = [_width_of(str(header)) for header in sheet.headers]
    for column, header in enumerate(sheet.headers):
        paper.write_string(0, column, str(header), styles.header)
    sums: dict[int, Decimal] = dict.fromkeys(sheet.totals, Decimal(0))
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        _check_height(last + bool(sums))
        shown = [_write_cell(paper, last, i, value, styles) for i, value in enumerate(row)]
        if last <= WIDTH_SAMPLE_ROWS:
            widths = [max(old, _width_of(text)) for old, text in zip(widths, shown, strict=False)]
        for column in sums:
            value = row[column]
            sums[column] += value if isinstance(value, (int, Decimal)) else 0
    if sums:
        _write_totals(paper, last + 1, sums, styles)
    paper.freeze_panes(1, 0)
    if sheet.headers:
        paper.autofilter(0, 0, max(last, 1), len(sheet.headers) - 1)
    for column, width in enumerate(widths):
        paper.set_column(column, column, min(max(width + 2, MIN_WIDTH), MAX_WIDTH))


def _check_height(rows: int) -> None:
    if rows > XLSX_MAX_ROWS:
        raise TableError(
            "too_many_rows",
            _("A workbook holds at most %(limit)s rows. Export CSV, or a shorter period."),
            params={"limit": XLSX_MAX_ROWS},
        )


def _write_totals(paper: Worksheet, row: int, sums: dict[int, Decimal], styles: _Styles) -> None:
    """Sums as values, exact in Decimal: a formula would add up in binary."""
    if 0 not in sums:
        paper.write_string(row, 0, _("Total"), styles.header)
    for column, total in sorted(sums.items()):
        paper.write_number(row, column, _as_float(total), styles.number(_places(total), total=True))


def _write_cell(paper: Worksheet, row: int, column: int, value: object, styles: _Styles) -> str:
    """Write one cell by its type; returns what is shown, for the column's width."""
    if value is None:
        return ""
    if isinstance(value, bool):
        paper.write_boolean(row, column, value)
        return str(value)
    if isinstance(value, (int, Decimal)) and _is_exact_in_excel(value):
        paper.write_number(row, column, _as_float(value), styles.number(_places(value)))
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        paper.write_datetime(row, column, _local(value), styles.moment)
        return "2026-09-05 14:08:00"
    if isinstance(value, dt.date):
        paper.write_datetime(row, column, dt.datetime.combine(value, dt.time()), styles.day)
        return "2026-09-05"
    text = _text(value)[:XLSX_MAX_CELL_CHARS]
    paper.write_string(row, column, text, styles.text if text.isdecimal() else None)
    return text


def _csv_cell(value: object) -> str:
    if isinstance(value, str):
        return escape_cell(value)
    if isinstance(value, (int, Decimal)) or value is None:
        return _text(value)
    return escape_cell(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return f"{_local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


def _is_exact_in_excel(value: int | Decimal) -> bool:
    exact = Decimal(value)
    return (
        exact.is_finite()
        and len(exact.normalize().as_tuple().digits) <= EXACT_DIGITS
        and abs(exact) < 10**EXACT_DIGITS
    )


def _as_float(value: int | Decimal) -> float:
    # A spreadsheet knows no other number; up to 15 digits survive the way there and back.
    return float(value)


def _places(value: int | Decimal) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _width_of(text: str) -> int:
    first_lines = text[: 4 * MAX_WIDTH].splitlines() or [""]
    return max(
        sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
        for line in first_lines
    )


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none that Excel forbids, unique whatever the case."""
    plain = FORBIDDEN_IN_SHEET_NAMES.sub(" ", title).strip(" '")[:31] or "1"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[:27]} {number}"
    taken.add(name.casefold())
    return name


def _drained(buffer: io.StringIO) -> bytes:
    part = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return part.encode()
