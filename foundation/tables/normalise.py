"""From rows of a table to PostgreSQL's COPY, fast.

Each mapped cell leaves in the one form its kind has (``1234.50``, ``2026-09-05``), or as NULL with
an entry in the row's ``problem``. So a staging table may be typed: every value casts. Sets of
rows are worked on column by column in C; values repeat, so each distinct one is parsed once.

The columns of the stream: ``line_no``, ``problem``, then the rules' names. ``problem`` is NULL or
entries ``code:column`` joined by ``;``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.tables.csv_reader import Record
from foundation.tables.errors import TableError
from foundation.tables.escaping import unescape_cell
from foundation.tables.source import Table
from foundation.tables.values import (
    DateOrder,
    DecimalSign,
    parse_decimal,
    parse_integer,
    parse_moment,
)

# Small sets stay in the processor's cache: 500 rows read more than twice as fast as 5,000.
BATCH_ROWS = 500
CACHED_VALUES = 100_000
CACHED_CHARS = 4_000_000
LEADING_COLUMNS = ("line_no", "problem")

# Stand-ins while a set of rows is one string; data that holds one of them takes the slow path.
NULL, ROW_END, CELL_END = "\x1d", "\x1e", "\x1f"

PROBLEMS: dict[str, Sentence] = {
    "blank": _("%(column)s is blank."),
    "too_long": _("%(column)s is longer than allowed."),
    "too_few_cells": _("The row has fewer cells than the header."),
    "too_many_cells": _("The row has more cells than the header."),
    "zero_byte": _("The row holds a zero byte."),
    "not_a_number": _("%(column)s is not a number."),
    "number_ambiguous": _("%(column)s can be a number in thousands or one with decimals."),
    "number_shortened": _(
        "%(column)s is a number shortened by a spreadsheet; its digits are lost."
    ),
    "number_too_long": _("%(column)s has too many digits."),
    "not_whole": _("%(column)s is not a whole number."),
    "not_a_date": _("%(column)s is not a date."),
    "no_such_date": _("%(column)s is no day of the calendar."),
    "date_far_off": _("%(column)s lies outside the years 1900 to 2199."),
    "date_ambiguous": _("%(column)s can be read day first or month first."),
}


class Kind(StrEnum):
    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class ColumnRule:
    """Where one column of the result comes from: a column of the table, or a constant."""

    name: str
    kind: Kind = Kind.TEXT
    source: int | None = None
    constant: str = ""
    required: bool = False
    max_length: int = 10_000
    decimal_sign: DecimalSign | None = None
    date_order: DateOrder = DateOrder.YEAR_FIRST


@dataclass
class Finding:
    """One kind of problem in one column: how often, and where first."""

    code: str
    column: str
    count: int = 0
    first_line: int = 0
    example: str = ""

    def __str__(self) -> str:
        return str(PROBLEMS[self.code]) % {"column": self.column}


@dataclass(frozen=True)
class Chunk:
    """A part of the COPY stream and the number of rows in it."""

    data: bytes
    rows: int


class _Cleaner(dict[str, str]):
    """Distinct raw text -> its one form; what does not parse is NULL and stands in ``bad``."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__()
        self._clean = clean
        self.bad: dict[str, str] = {}
        self._chars = 0

    def __missing__(self, raw: str) -> str:
        text = raw.strip()
        try:
            value = self._clean(text) if text else NULL
        except TableError as error:
            self.bad[raw] = error.code
            value = NULL
        self[raw] = value
        self._chars += len(raw)
        return value

    def forget(self) -> None:
        if len(self) > CACHED_VALUES or self._chars > CACHED_CHARS:
            self.clear()
            self.bad.clear()
            self._chars = 0


class Normaliser:
    """Turns batches of one table's rows into chunks of COPY text; ``findings`` fills on the way."""

    def __init__(self, table: Table, rules: Sequence[ColumnRule]) -> None:
        self._table = table
        self._rules = tuple(rules)
        self._width = len(table.headers)
        # Cells beside the header are misplaced ones in a text file, mere notes in a workbook.
        self._strict_width = table.kind == "csv"
        self._cleaners = {
            rule.name: _Cleaner(_clean_of(rule)) for rule in rules if rule.kind is not Kind.TEXT
        }
        self.findings: dict[tuple[str, str], Finding] = {}
        self.rows = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the stream's columns, for COPY's column list."""
        return (*LEADING_COLUMNS, *(rule.name for rule in self._rules))

    def chunks(self) -> Iterator[Chunk]:
        """The whole table; stop between chunks to cancel."""
        for batch in self._table.batches(BATCH_ROWS):
            chunk = self.chunk(batch)
            self.rows += chunk.rows
            yield chunk

    def chunk(self, batch: list[Record]) -> Chunk:
        problems: dict[int, list[str]] = {}
        rows: Sequence[Sequence[str]]
        numbers, rows = zip(*batch, strict=True)
        if not all(map(any, rows)):
            batch = [record for record in batch if any(record[1])]
            if not batch:
                return Chunk(b"", 0)
            numbers, rows = zip(*batch, strict=True)
        if set(map(len, rows)) != {self._width}:
            rows = self._fitted(numbers, rows, problems)
        cells = list(zip(*rows, strict=True))
        columns = [self._column(rule, cells, numbers, problems) for rule in self._rules]
        return Chunk(self._joined(numbers, columns, problems), len(numbers))

    def _fitted(
        self, numbers: Sequence[int], rows: Sequence[Sequence[str]], problems: dict[int, list[str]]
    ) -> list[Sequence[str]]:
        fitted = []
        for index, row in enumerate(rows):
            missing = self._width - len(row)
            if missing > 0:
                self._find(problems, index, numbers[index], "too_few_cells", "", str(len(row)))
                row = [*row, *[""] * missing]
            elif missing < 0 and self._strict_width and any(row[self._width :]):
                self._find(problems, index, numbers[index], "too_many_cells", "", str(len(row)))
            fitted.append(row[: self._width])
        return fitted

    def _column(
        self,
        rule: ColumnRule,
        cells: list[tuple[str, ...]],
        numbers: Sequence[int],
        problems: dict[int, list[str]],
    ) -> list[str]:
        raw = cells[rule.source] if rule.source is not None else (rule.constant,) * len(numbers)
        if rule.kind is Kind.TEXT:
            values = list(map(str.strip, raw))
            # Our own exports put an apostrophe before what a spreadsheet would run.
            if "'" in "".join(values):
                values = list(map(unescape_cell, values))
            if max(map(len, values)) > rule.max_length:
                self._find_where(
                    problems,
                    numbers,
                    raw,
                    rule,
                    "too_long",
                    lambda v: len(v.strip()) > rule.max_length,
                )
            if "" in values:
                values = [value or NULL for value in values]
        else:
            cleaner = self._cleaners[rule.name]
            cleaner.forget()
            values = list(map(cleaner.__getitem__, raw))
            if cleaner.bad and not cleaner.bad.keys().isdisjoint(raw):
                for index, value in enumerate(raw):
                    if value in cleaner.bad:
                        self._find(
                            problems, index, numbers[index], cleaner.bad[value], rule.name, value
                        )
        if rule.required and NULL in values:
            self._find_where(problems, numbers, raw, rule, "blank", lambda value: not value.strip())
        return values

    def _find_where(
        self,
        problems: dict[int, list[str]],
        numbers: Sequence[int],
        raw: Sequence[str],
        rule: ColumnRule,
        code: str,
        is_bad: Callable[[str], bool],
    ) -> None:
        for index, value in enumerate(raw):
            # A row that is too short is said to be so, not blank in each column it lacks.
            if is_bad(value) and not (
                code == "blank" and "too_few_cells:" in problems.get(index, ())
            ):
                self._find(problems, index, numbers[index], code, rule.name, value)

    def _find(
        self,
        problems: dict[int, list[str]],
        index: int,
        line: int,
        code: str,
        column: str,
        example: str,
    ) -> None:
        problems.setdefault(index, []).append(f"{code}:{column}")
        finding = self.findings.setdefault(
            (code, column), Finding(code, column, 0, line, example[:200])
        )
        finding.count += 1

    def _joined(
        self, numbers: Sequence[int], columns: list[list[str]], problems: dict[int, list[str]]
    ) -> bytes:
        count = len(numbers)
        notes = (
            [";".join(problems[i]) if i in problems else NULL for i in range(count)]
            if problems
            else [NULL] * count
        )
        nulls = notes.count(NULL) + sum(values.count(NULL) for values in columns)
        blob = ROW_END.join(
            map(CELL_END.join, zip(map(str, numbers), notes, *columns, strict=True))
        )
        clean = (
            blob.count(CELL_END) == count * (len(columns) + 1)
            and blob.count(ROW_END) == count - 1
            and blob.count(NULL) == nulls
            and "\0" not in blob
        )
        if not clean:
            return self._joined_slowly(numbers, columns, problems)
        for plain, escaped in ESCAPES:
            if plain in blob:
                blob = blob.replace(plain, escaped)
        blob = blob.replace(NULL, "\\N").replace(CELL_END, "\t").replace(ROW_END, "\n")
        return (blob + "\n").encode()

    def _joined_slowly(
        self, numbers: Sequence[int], columns: list[list[str]], problems: dict[int, list[str]]
    ) -> bytes:
        """Cell by cell, where data holds zero bytes or one of the stand-ins."""
        lines = []
        for index, row in enumerate(zip(*columns, strict=True)):
            if any("\0" in value for value in row):
                self._find(problems, index, numbers[index], "zero_byte", "", "")
            note = ";".join(problems[index]) if index in problems else "\\N"
            lines.append("\t".join((str(numbers[index]), note, *map(escaped_cell, row))))
        return ("\n".join(lines) + "\n").encode()


ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def escaped_cell(value: str) -> str:
    """One value in COPY's text format; zero bytes, which PostgreSQL cannot hold, are left out."""
    if value == NULL:
        return "\\N"
    for plain, escaped in ESCAPES:
        value = value.replace(plain, escaped)
    return value.replace("\0", "")


class CopyStream:
    """Chunks as the file object psycopg2's ``copy_expert`` reads."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk.data
        part, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return part


def _clean_of(rule: ColumnRule) -> Callable[[str], str]:
    sign, order = rule.decimal_sign, rule.date_order
    cleaners: dict[Kind, Callable[[str], str]] = {
        Kind.DECIMAL: lambda text: format(parse_decimal(text, decimal_sign=sign), "f"),
        Kind.INTEGER: lambda text: str(parse_integer(text, decimal_sign=sign)),
        Kind.DATE: lambda text: parse_moment(text, order=order).date().isoformat(),
        Kind.MOMENT: lambda text: parse_moment(text, order=order).isoformat(" "),
    }
    return cleaners[rule.kind]


def sentences_of(problem: str, names: Mapping[str, str] | None = None) -> str:
    """The sentences, in the reader's language, for one ``problem`` of the stream.

    ``names`` gives the reader's names of columns (say, the file's headers); codes that are not ours
    are left for the caller to explain and stand as they are.
    """
    sentences = []
    for entry in filter(None, problem.split(";")):
        code, _colon, column = entry.partition(":")
        shown = (names or {}).get(column, column)
        sentences.append(str(PROBLEMS[code]) % {"column": shown} if code in PROBLEMS else entry)
    return " ".join(sentences)
