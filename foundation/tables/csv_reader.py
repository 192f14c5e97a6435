"""Text tables: which delimiter they use, and their records as a stream.

The inner loop stays in C (text wrapper, csv module, zip): a million rows take seconds and no
memory. Python code runs once a file, not once a cell.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from operator import add, attrgetter, itemgetter
from typing import IO, BinaryIO

from django.utils.translation import gettext_lazy as _

from foundation.tables.errors import TableError

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_CHARS = 64 * 1024
SAMPLE_RECORDS = 100
# Python's own limit of a field, stated because it is a promise here: 128 Ki characters.
MAX_FIELD_CHARS = 131_072

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

    Raises TableError where a field passes MAX_FIELD_CHARS, which is what a quote that is never
    closed looks like.
    """
    reader = csv.reader(text, delimiter=dialect.delimiter, quotechar=dialect.quotechar)
    for _hint in range(dialect.hint_lines):
        next(reader, None)
    # zip asks for the line number before it asks for the record, all in C.
    starts = map(add, map(attrgetter("line_num"), repeat(reader)), repeat(1))
    try:
        yield from filter(itemgetter(1), zip(starts, reader, strict=False))
    except csv.Error as error:
        raise _field_error(reader.line_num, error) from error


def ends_inside_quotes(text: IO[str], dialect: Dialect, last_start: int) -> bool:
    """Whether the last record, which starts at that line, has a quote that is never closed."""
    for _line in islice(text, last_start - 1):
        pass
    try:
        for _row in csv.reader(
            text, delimiter=dialect.delimiter, quotechar=dialect.quotechar, strict=True
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


def _field_error(line: int, error: csv.Error) -> TableError:
    if "field larger" in str(error):
        return TableError(
            "field_too_long",
            _(
                "A cell that ends near row %(row)s has more than %(limit)s characters. Is a "
                "quotation mark never closed?"
            ),
            row=line,
            params={"limit": MAX_FIELD_CHARS},
        )
    return TableError(
        "csv_malformed", _("Row %(row)s cannot be read as a row of a table."), row=line
    )
