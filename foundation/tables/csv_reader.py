"""Text tables: which delimiter they use, and their records as a stream.

The inner loop stays in C (text wrapper, csv module, zip): a million rows take seconds and no
memory. Python code runs once a record to see that it is none without end, never once a cell.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count, islice, repeat
from operator import add, attrgetter
from typing import IO, BinaryIO

from django.utils.translation import gettext_lazy as _

from foundation.tables.errors import TableError

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_CHARS = 64 * 1024
SAMPLE_RECORDS = 100
# Python's own limit of a field, stated because it is a promise here: 128 Ki characters.
MAX_FIELD_CHARS = 131_072
PIECE_CHARS = 64 * 1024
# A record, and what of it may be held: two cells of the longest kind.
MAX_RECORD_CHARS = 2 * MAX_FIELD_CHARS
# The last column with a two-letter name, ZZ.
MAX_COLUMNS = 702
# Blank lines and those inside cells included; how many rows an import takes is its own affair.
MAX_LINES = 4_000_000

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Dialect:
    delimiter: str = ","
    quotechar: str = '"'
    # 1 where Excel's hint line "sep=;" stands above the header.
    hint_lines: int = 0


def text_of(source: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text from its start; line ends of every kind, untouched."""
    source.seek(0)
    return io.TextIOWrapper(source, encoding=encoding, newline="")


def detect_dialect(sample: str, delimiter: str | None = None) -> Dialect:
    """The dialect in which the sample's records agree best on their number of fields."""
    first, _break, rest = sample.partition("\n")
    hint = first.strip().lstrip("\ufeff")
    if len(hint) == 5 and hint.lower().startswith("sep=") and hint[4] in DELIMITERS:
        return Dialect(delimiter or hint[4], _quote_of(rest, delimiter or hint[4]), hint_lines=1)
    best = delimiter or max(DELIMITERS, key=lambda each: _agreement(sample, each))
    return Dialect(best, _quote_of(sample, best))


def records(text: IO[str], dialect: Dialect) -> Iterator[Record]:
    """(line where the record starts, its fields), empty lines left out.

    Raises TableError where a field, a record or the file passes its limit. A record over many
    lines is what a quote that is never closed looks like; it must not become one list in memory.
    """
    feed = _Feed(text)
    reader = csv.reader(feed.lines(), delimiter=dialect.delimiter, quotechar=dialect.quotechar)
    for _hint in range(dialect.hint_lines):
        next(reader, None)
    # zip asks for the line number before it asks for the record, all in C.
    starts = map(add, map(attrgetter("line_num"), repeat(reader)), repeat(1))
    return _bounded(feed, reader, starts, in_workbook=False)


def workbook_records(text: IO[str]) -> Iterator[Record]:
    """The records of a workbook written as CSV: each is one row, counted from 1."""
    feed = _Feed(text)
    return _bounded(feed, csv.reader(feed.lines()), count(1), in_workbook=True)


def _bounded(
    feed: _Feed, reader: Iterator[list[str]], numbers: Iterator[int], *, in_workbook: bool
) -> Iterator[Record]:
    number = 0
    try:
        for number, row in zip(numbers, reader, strict=False):
            feed.open_chars = 0
            if len(row) > MAX_COLUMNS:
                row = _narrowed(number, row)
            if row:
                yield number, row
            if number > MAX_LINES:
                raise too_many_rows(MAX_LINES)
    except csv.Error as error:
        raise _field_error(number + 1, error, in_workbook=in_workbook) from error


class _Feed:
    """The lines of a text for the csv module, cut in C; Python runs once a piece."""

    def __init__(self, text: IO[str], *, most_open: float = MAX_RECORD_CHARS) -> None:
        self._text = text
        self._most_open = most_open
        # Characters of whole pieces fed since a record ended; whoever reads records sets it to 0.
        self.open_chars = 0
        self._line = self._open_line = 1

    def lines(self) -> Iterator[str]:
        return chain.from_iterable(self._pieces())

    def _pieces(self) -> Iterator[Iterable[str]]:
        rest = ""
        while part := self._text.read(PIECE_CHARS):
            whole = rest + part
            # A carriage return at the very end may be half of a line's end.
            cut = max(whole.rfind("\n"), whole.rfind("\r", 0, -1)) + 1
            rest = whole[cut:]
            if len(rest) > MAX_RECORD_CHARS:
                raise _record_too_long(self._line)
            if self.open_chars > self._most_open:
                raise _record_too_long(self._open_line)
            if cut:
                piece = whole[:cut]
                yield io.StringIO(piece, newline="")
                self._count(piece)
        if rest:
            yield io.StringIO(rest, newline="")

    def _count(self, piece: str) -> None:
        if not self.open_chars:
            self._open_line = self._line
        self._line += piece.count("\n") or piece.count("\r")
        self.open_chars += len(piece)


def ends_inside_quotes(text: IO[str], dialect: Dialect, last_start: int) -> bool:
    """Whether the last record, which starts at that line, has a quote that is never closed."""
    # The records were read before, so none is without end.
    lines = _Feed(text, most_open=math.inf).lines()
    for _line in islice(lines, last_start - 1):
        pass
    try:
        for _row in csv.reader(
            lines, delimiter=dialect.delimiter, quotechar=dialect.quotechar, strict=True
        ):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    """How well records agree on a width above one, then that width."""
    lines = io.StringIO(sample, newline="")
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), SAMPLE_RECORDS))
    except csv.Error:
        return (0.0, 0)
    if len(sample) >= SAMPLE_CHARS and len(rows) < SAMPLE_RECORDS:
        rows = rows[:-1]
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return (0.0, 0)
    width, times = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1]))
    if width < 2:
        return (0.0, 0)
    # Rounded: one ragged row must not lose against an accidental delimiter.
    return (round(times / widths.total(), 1), width)


def _quote_of(sample: str, delimiter: str) -> str:
    """Single quotes count only where they enclose fields and no double quote does."""
    if '"' in sample:
        return '"'
    openings = sample.count(f"{delimiter}'") + sample.count("\n'")
    closings = sample.count(f"'{delimiter}") + sample.count("'\n") + sample.count("'\r")
    return "'" if openings > 1 and openings <= closings + 1 and closings <= openings + 1 else '"'


def _narrowed(number: int, row: list[str]) -> list[str]:
    """A wide row without the blank cells at its end, which some programs write by the thousand."""
    while row and not row[-1].strip():
        row.pop()
    if len(row) > MAX_COLUMNS:
        raise TableError(
            "too_many_columns",
            _("Row %(row)s has %(columns)s columns; at most %(max_columns)s are possible."),
            row=number,
            params={"columns": len(row), "max_columns": MAX_COLUMNS},
        )
    return row


def _field_error(number: int, error: csv.Error, *, in_workbook: bool) -> TableError:
    if "field larger" not in str(error):
        return TableError(
            "csv_malformed", _("Row %(row)s cannot be read as a row of a table."), row=number
        )
    sentence = (
        _("Row %(row)s has a cell of more than %(limit)s characters.")
        if in_workbook
        else _(
            "A cell that ends near row %(row)s has more than %(limit)s characters. Is a "
            "quotation mark never closed?"
        )
    )
    return TableError("field_too_long", sentence, row=number, params={"limit": MAX_FIELD_CHARS})


def _record_too_long(line: int) -> TableError:
    return TableError(
        "line_too_long",
        _("Row %(row)s is longer than %(limit)s bytes. This does not look like a table."),
        row=line,
        params={"limit": MAX_RECORD_CHARS},
    )


def too_many_rows(limit: int) -> TableError:
    """The refusal of a file that is longer than whoever reads it allows."""
    return TableError(
        "too_many_rows",
        _("The file has more than %(max_rows)s rows. Split it into smaller files."),
        params={"max_rows": limit},
    )
