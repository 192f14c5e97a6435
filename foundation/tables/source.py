"""One door for every uploaded table: ``open_table``. The bytes decide what it is, not the name."""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.tables import csv_reader, encodings, xlsx_reader
from foundation.tables.csv_reader import Dialect, Record
from foundation.tables.errors import Remark, TableError

MAX_COLUMNS = csv_reader.MAX_COLUMNS
MAX_HEADER_CHARS = 200
MAX_REMARKS = 40
# A batch is full at this many bytes of the file, whatever the rows asked for: cells may be long.
BATCH_BYTES = 1 << 20
ROWS_BETWEEN_LOOKS = 20

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_STARTS: tuple[tuple[bytes, Sentence], ...] = (
    (b"%PDF", _("This is a PDF document, not a table.")),
    (b"\x89PNG", _("This is a picture, not a table.")),
    (b"\xff\xd8\xff", _("This is a picture, not a table.")),
    (b"GIF8", _("This is a picture, not a table.")),
    (b"PK\x05\x06", xlsx_reader.SENTENCES["unreadable"]),
    (b"MZ\x90\x00", _("This is a program, not a table.")),
    (b"\x7fELF", _("This is a program, not a table.")),
    (b"\x1f\x8b", _("This file is compressed. Unpack it and upload the table inside.")),
    (b"Rar!", _("This file is compressed. Unpack it and upload the table inside.")),
    (b"7z\xbc\xaf\x27\x1c", _("This file is compressed. Unpack it and upload the table inside.")),
)
MARKUP_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[A-Za-z!?]")


class Table:
    """A table that can be read any number of times, always from its first row.

    ``headers`` are unique: a blank one is named by its place, a double one numbered, each with a
    remark in ``warnings``; ``raw_headers`` are as they stand in the file.
    """

    def __init__(
        self,
        binary: IO[bytes],
        *,
        filename: str,
        kind: str,
        encoding: str,
        dialect: Dialect,
        header_row: int = 1,
        sheet: str | None = None,
        sheets: list[str] | None = None,
        warnings: Iterable[Remark] = (),
        owned: bool = True,
    ) -> None:
        self.filename = filename
        self.kind = kind
        self.encoding = encoding
        self.dialect = dialect
        self.sheet = sheet
        self.sheets = sheets or []
        self.warnings = list(warnings)
        self._binary = binary
        self._owned = owned
        self._header_row = header_row
        self.size = binary.seek(0, os.SEEK_END)
        self.header_line, self.raw_headers = self._read_header()
        self.headers = self._name_columns()

    @property
    def delimiter(self) -> str:
        return self.dialect.delimiter

    @property
    def position(self) -> float:
        """How much of the file the present reading has passed, 0.0 to 1.0."""
        return min(self._binary.tell() / self.size, 1.0) if self.size else 1.0

    def rows(self) -> Iterator[Record]:
        """(line or row number, fields) below the header; rows without any content are left out.

        Rows are as wide as the file has them; ``normalise`` tells apart what does not fit.
        """
        last = 0
        for last, row in self._records(skip=self._header_row):
            if any(row):
                yield last, row
        self._check_end(last)

    def batches(self, size: int) -> Iterator[list[Record]]:
        """The rows in lists, for the fast path; rows of nothing but delimiters are included."""
        stream = self._records(skip=self._header_row)
        last = 0
        while batch := self._batch(stream, size):
            last = batch[-1][0]
            yield batch
        self._check_end(last)

    def _batch(self, stream: Iterator[Record], size: int) -> list[Record]:
        batch: list[Record] = []
        end = self._binary.tell() + BATCH_BYTES
        while len(batch) < size and (not batch or self._binary.tell() < end):
            part = list(islice(stream, min(ROWS_BETWEEN_LOOKS, size - len(batch))))
            if not part:
                break
            batch += part
        return batch

    def preview(self, rows: int = 10) -> list[Record]:
        """The first rows, for people to look at."""
        return list(islice(self.rows(), rows))

    def rows_at(self, numbers: Iterable[int]) -> Iterator[Record]:
        """The rows that start at these lines, in the file's order (for a file of rejected rows)."""
        wanted = set(numbers)
        return (record for record in self.rows() if record[0] in wanted)

    def close(self) -> None:
        if self._owned:
            self._binary.close()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _records(self, skip: int) -> Iterator[Record]:
        with self._text() as text:
            found = (
                csv_reader.workbook_records(text)
                if self.kind == "xlsx"
                else csv_reader.records(text, self.dialect)
            )
            yield from islice(found, skip, None)

    @contextmanager
    def _text(self) -> Iterator[IO[str]]:
        text = csv_reader.text_of(cast(BinaryIO, self._binary), self.encoding)
        try:
            yield text
        except UnicodeDecodeError as error:
            raise _undecodable() from error
        finally:
            # The wrapper would close the file with itself.
            if not text.closed:
                text.detach()

    def _read_header(self) -> Record:
        found = list(islice(self._records(skip=self._header_row - 1), 1))
        if not found:
            raise TableError("empty", _("The file has no rows."))
        line, fields = found[0]
        # PostgreSQL holds no zero byte, and names of columns end up in mappings and sentences.
        fields = [field.replace("\0", "") for field in fields]
        while fields and not fields[-1].strip():
            fields = fields[:-1]
        if not fields:
            raise TableError(
                "blank_header",
                _("Row %(row)s should hold the column names but is blank."),
                row=line,
            )
        return line, fields

    def _name_columns(self) -> list[str]:
        times: Counter[str] = Counter()
        names: list[str] = []
        for number, raw in enumerate(self.raw_headers, 1):
            name = " ".join(raw.split())[:MAX_HEADER_CHARS]
            if not name:
                name = f"#{number}"
                self._remark(
                    "blank_header", _("Column %(column)s has no name in row %(row)s."), name
                )
            times[name] += 1
            if times[name] > 1:
                self._remark(
                    "double_header",
                    _("The column name “%(column)s” stands twice in row %(row)s."),
                    name,
                )
                name = f"{name} ({times[name]})"
            names.append(name)
        return names

    def _remark(self, code: str, message: Sentence, column: str) -> None:
        if len(self.warnings) < MAX_REMARKS:
            self.warnings.append(Remark(code, message, row=self.header_line, column=column))

    def _check_end(self, last_line: int) -> None:
        """A quote that is never closed swallows all rows after it: refuse rather than lose them."""
        if self.kind != "csv" or not last_line:
            return
        with self._text() as text:
            if csv_reader.ends_inside_quotes(text, self.dialect, last_line):
                raise TableError(
                    "quote_not_closed",
                    _(
                        "A quotation mark opened in row %(row)s is never closed, so the rows "
                        "after it cannot be told."
                    ),
                    row=last_line,
                )


def open_table(
    path_or_file: str | os.PathLike[str] | IO[bytes],
    *,
    filename: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    limits: xlsx_reader.Limits = xlsx_reader.DEFAULT_LIMITS,
    old_workbooks: bool = False,
) -> Table:
    """Open a table of text (CSV and its kin) or an .xlsx workbook.

    With ``old_workbooks`` also an .xls of Excel 97 to 2003, for what banks still export. Raises EncodingUndecided with candidates and previews where a person has to choose the encoding,
    TableError for everything else that cannot be read. ``header_row`` counts rows with content.
    """
    binary, owned = _binary_of(path_or_file)
    name = filename or str(getattr(path_or_file, "name", path_or_file))
    try:
        return _open(
            binary, owned, name, encoding, delimiter, sheet, header_row, limits, old_workbooks
        )
    except BaseException:
        if owned:
            binary.close()
        raise


def _open(
    binary: IO[bytes],
    owned: bool,
    filename: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    header_row: int,
    limits: xlsx_reader.Limits,
    old_workbooks: bool,
) -> Table:
    binary.seek(0)
    start = binary.read(1024)
    is_old = old_workbooks and start.startswith(OLE_START) and not _is_encrypted(binary)
    if start.startswith(ZIP_START) or is_old:
        source = cast(BinaryIO, binary)
        book = xlsx_reader.read_workbook(source, sheet, limits, is_old=is_old)
        if owned:
            binary.close()
        return Table(
            book.spool, filename=filename, kind="xlsx", encoding="utf-8", dialect=Dialect(),
            header_row=header_row, sheet=book.sheet, sheets=book.sheets, warnings=book.remarks,
        )  # fmt: skip
    _refuse_other_kinds(binary, start)
    return _open_text(binary, owned, filename, encoding, delimiter, header_row)


def _open_text(
    binary: IO[bytes],
    owned: bool,
    filename: str,
    encoding: str | None,
    delimiter: str | None,
    header_row: int,
) -> Table:
    source = cast(BinaryIO, binary)
    seen = encodings.survey(source)
    if seen.zero_bytes == seen.size:
        raise TableError("empty", _("The file has no rows."))
    if seen.endless_line:
        raise TableError(
            "line_too_long",
            _("Row %(row)s is longer than %(limit)s bytes. This does not look like a table."),
            row=seen.endless_line,
            params={"limit": csv_reader.MAX_RECORD_CHARS},
        )
    chosen = _choose_encoding(source, seen, encoding)
    if delimiter is not None and delimiter not in csv_reader.DELIMITERS:
        raise TableError(
            "delimiter_unknown",
            _("The columns may be separated by comma, tab, semicolon or bar only."),
        )
    warnings = []
    if seen.zero_bytes and not chosen.startswith("utf-16") and not chosen.startswith("utf-32"):
        warnings.append(
            Remark(
                "zero_bytes",
                _("Row %(row)s holds a zero byte; such rows are rejected."),
                row=seen.first_zero_line,
            )
        )
    dialect = csv_reader.detect_dialect(_sample(source, chosen), delimiter)
    return Table(
        binary, filename=filename, kind="csv", encoding=chosen, dialect=dialect,
        header_row=header_row, warnings=warnings, owned=owned,
    )  # fmt: skip


def _sample(source: BinaryIO, encoding: str) -> str:
    text = csv_reader.text_of(source, encoding)
    try:
        return text.read(csv_reader.SAMPLE_CHARS)
    except UnicodeDecodeError as error:
        raise _undecodable() from error
    finally:
        text.detach()


def _undecodable() -> TableError:
    return TableError("undecodable", _("The file cannot be read in this encoding to its end."))


def _choose_encoding(source: BinaryIO, seen: encodings.Survey, wanted: str | None) -> str:
    if wanted is None:
        judgement = encodings.judge(source, seen)
        if judgement.encoding is None:
            raise encodings.EncodingUndecided(judgement)
        return judgement.encoding
    name = encodings.known_encoding(wanted)
    encodings.verify(source, name, seen)
    return seen.mark or name


def _refuse_other_kinds(binary: IO[bytes], start: bytes) -> None:
    if start.startswith(OLE_START):
        if _is_encrypted(binary):
            raise TableError("encrypted", xlsx_reader.SENTENCES["encrypted"])
        raise TableError("old_xls", _("This is an old workbook (.xls). Save it as .xlsx or CSV."))
    for mark, sentence in OTHER_STARTS:
        if start.startswith(mark):
            raise TableError("not_a_table", sentence)
    if MARKUP_START.match(start):
        raise TableError(
            "markup",
            _("This is a web page or an XML document, not a table. Save it as .xlsx or CSV."),
        )


def _is_encrypted(binary: IO[bytes]) -> bool:
    """Whether an OLE container holds a newer workbook behind a password."""
    binary.seek(0)
    blocks = iter(lambda: binary.read(1 << 20), b"")
    return any("EncryptedPackage".encode("utf-16-le") in block for block in blocks)


def _binary_of(path_or_file: str | os.PathLike[str] | IO[bytes]) -> tuple[IO[bytes], bool]:
    if isinstance(path_or_file, (str, os.PathLike)):
        return Path(path_or_file).open("rb"), True
    # Django's uploaded files wrap the real one, which alone can be read by the C text layer.
    inner = getattr(path_or_file, "file", path_or_file)
    inner = getattr(inner, "file", inner) if not isinstance(inner, io.IOBase) else inner
    return cast("IO[bytes]", inner), False
