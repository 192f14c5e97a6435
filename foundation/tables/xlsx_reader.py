"""Workbooks: judged by their directory before anything is unpacked, parsed by a limited child.

The child (xlsx_child) writes the sheet as CSV into a temporary file; whatever happens to it, the
caller gets a sentence and no half-read table.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from foundation.archives import UnreadableArchive, entries_of
from foundation.errors import Sentence
from foundation.tables.csv_reader import MAX_COLUMNS
from foundation.tables.errors import Remark, TableError

MAX_ROWS = 250_000
MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
# A sheet of real data packs 10 to 20 to 1, the emptiest honest one perhaps 100 to 1.
MAX_RATIO = 200
RATIO_FROM_BYTES = 10 * 1024 * 1024
# 250,000 rows of 20 columns take two thirds of it.
CHILD_MEMORY_BYTES = 768 * 1024 * 1024
CHILD_SECONDS = 60
# Of an archive's entry, as far as a sentence names it.
LONGEST_NAME = 80
CHILD_OUTPUT_BYTES = 1024 * 1024 * 1024
ARCHIVE_ENDINGS = (".zip", ".xlsx", ".xlsm", ".gz", ".rar", ".7z", ".tar", ".bz2", ".xz")
CHILD = Path(__file__).with_name("xlsx_child.py")

SENTENCES: dict[str, Sentence] = {
    "memory": _(
        "Reading this workbook needs more memory than allowed. "
        "Delete unused rows and columns, or save the sheet as CSV."
    ),
    "too_slow": _(
        "Reading this workbook took longer than %(seconds)s seconds. Save the sheet as CSV."
    ),
    "unreadable": _(
        "This workbook is damaged. Open it in Excel or WPS and save it again as .xlsx."
    ),
    "encrypted": _(
        "This workbook is protected by a password. Remove the password and upload it again."
    ),
    "bomb": _("This workbook unpacks to far more data than it should. It was not opened."),
    "doctype": _(
        "This workbook contains a document type declaration, which no spreadsheet needs. It "
        "was not opened."
    ),
    "no_such_sheet": _("The workbook has no sheet named “%(sheet)s”."),
    "too_many_sheets": _("The workbook has more than %(max_sheets)s sheets."),
    "too_many_columns": _(
        "The sheet has %(columns)s columns; at most %(max_columns)s are possible."
    ),
    "column_too_far": _(
        "Row %(row)s has a cell in column %(column)s; at most %(max_columns)s columns are possible."
    ),
    "too_many_rows": _(
        "The sheet has more than %(max_rows)s rows. Save it as CSV, which may have more, or "
        "split it."
    ),
    "too_much_output": _(
        "This workbook unpacks to far more data than it should. It was not opened."
    ),
}


@dataclass(frozen=True)
class Limits:
    """What reading one workbook may cost. Tests make them small."""

    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS
    memory_bytes: int = CHILD_MEMORY_BYTES
    seconds: int = CHILD_SECONDS


DEFAULT_LIMITS = Limits()


@dataclass
class Workbook:
    """One sheet as CSV in a temporary file, and what was noticed on the way."""

    spool: IO[bytes]
    sheet: str
    sheets: list[str]
    remarks: list[Remark]


def judge_archive(source: BinaryIO) -> None:
    """Read the zip directory alone; raises TableError for anything that is no honest .xlsx."""
    try:
        entries = entries_of(source)
    except UnreadableArchive as error:
        raise _refusal("unreadable") from error
    names = {entry.filename for entry in entries}
    _judge_kind(names)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _refusal("encrypted")
    _judge_sizes(entries)
    _judge_overlap(entries)
    for name in names:
        if name.lower().endswith(ARCHIVE_ENDINGS):
            raise TableError(
                "nested_archive",
                _(
                    "The workbook contains another archive (%(name)s). Remove embedded files "
                    "and save it again."
                ),
                params={"name": name[:LONGEST_NAME]},
            )


def read_workbook(
    source: BinaryIO,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    *,
    is_old: bool = False,
) -> Workbook:
    """Parse one sheet (the first visible one by default); the caller closes ``spool``.

    ``is_old`` is for the binary .xls of Excel 97 to 2003, which has no directory to judge: the
    child's limits alone stand between it and us. Raises TableError where the file is refused or
    the child runs out of memory or time.
    """
    if not is_old:
        judge_archive(source)
    spool = tempfile.TemporaryFile(prefix="park-table-")  # noqa: SIM115
    try:
        answer = _run_child(source, spool, sheet, limits, is_old=is_old)
    except BaseException:
        spool.close()
        raise
    remarks = _remarks(answer)
    return Workbook(spool, answer["sheet"], answer["sheets"], remarks)


def _judge_kind(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise TableError("xlsb", _("This is a binary workbook (.xlsb). Save it as .xlsx or CSV."))
    if "content.xml" in names:
        raise TableError("ods", _("This is an OpenDocument table (.ods). Save it as .xlsx or CSV."))
    raise TableError(
        "not_a_workbook",
        _("This is a ZIP archive, not a table. Unpack it and upload the table inside."),
    )


def _judge_sizes(entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise _refusal("bomb")
    for entry in entries:
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(
            entry.compress_size, 1
        ):
            raise _refusal("bomb")


def _judge_overlap(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share bytes unpack to terabytes without any nesting (Fifield 2019)."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(ordered):
        if entry.header_offset + entry.compress_size > following.header_offset:
            raise _refusal("bomb")


def _run_child(
    source: BinaryIO, spool: IO[bytes], sheet: str | None, limits: Limits, *, is_old: bool
) -> dict[str, Any]:
    asked = {
        "sheet": sheet,
        "is_old": is_old,
        "max_rows": limits.rows,
        "max_columns": limits.columns,
        "memory_bytes": limits.memory_bytes,
        "seconds": limits.seconds,
        "output_bytes": CHILD_OUTPUT_BYTES,
        "max_part_bytes": MAX_UNPACKED_BYTES,
    }
    # A subprocess, not multiprocessing: Celery's workers are daemons and may not have children of
    # that kind. Isolated mode keeps this folder and the environment off the child's path.
    command = [sys.executable, "-I", str(CHILD), json.dumps(asked)]
    with _with_descriptor(source) as readable:
        readable.seek(0)
        try:
            done = subprocess.run(
                command,
                stdin=readable,
                stdout=spool,
                stderr=subprocess.PIPE,
                timeout=limits.seconds + 5,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refusal("too_slow", seconds=limits.seconds) from error
    return _answer(done, limits)


def _with_descriptor(source: BinaryIO) -> IO[bytes]:
    """A file the child can inherit: a duplicate of this one, or a copy where it lives in memory."""
    try:
        # Opened anew where the system allows it: the child's reading must not move our position.
        return Path(f"/dev/fd/{source.fileno()}").open("rb")
    except (OSError, AttributeError):
        copy = tempfile.TemporaryFile(prefix="park-table-")  # noqa: SIM115
        source.seek(0)
        while block := source.read(1 << 20):
            copy.write(block)
        copy.flush()
        return copy


def _answer(done: subprocess.CompletedProcess[bytes], limits: Limits) -> dict[str, Any]:
    last = done.stderr.rstrip().rpartition(b"\n")[2]
    answer: dict[str, Any] = json.loads(last) if last.startswith(b"{") else {}
    if "refused" in answer:
        raise _refusal(answer["refused"], max_columns=limits.columns, **answer["params"])
    if done.returncode == 0 and answer:
        return answer
    raise _refusal(_cause_of_death(done), seconds=limits.seconds)


def _cause_of_death(done: subprocess.CompletedProcess[bytes]) -> str:
    # Rust aborts (SIGABRT) where Python raises MemoryError; the kernel kills with SIGKILL.
    if b"memory" in done.stderr.lower() or done.returncode in (-6, -9, -11):
        return "memory"
    if done.returncode in (-24, -15):
        return "too_slow"
    if done.returncode == -25 or b"File too large" in done.stderr:
        return "too_much_output"
    return "unreadable"


def _refusal(code: str, **params: Any) -> TableError:
    row, column = params.pop("row", None), params.pop("column", None)
    return TableError(code, SENTENCES[code], row=row, column=column, params=params)


def _remarks(answer: dict[str, Any]) -> list[Remark]:
    remarks = [
        Remark(
            "cell_error",
            _("Row %(row)s, column %(column)s holds the error %(value)s; it is read as empty."),
            row=int("".join(filter(str.isdigit, cell))),
            column="".join(filter(str.isalpha, cell)),
            params={"value": value},
        )
        for cell, value in answer["errors"]
    ]
    for row, column in answer["long_numbers"]:
        remarks.append(
            Remark(
                "digits_lost",
                _(
                    "Row %(row)s, column %(column)s: Excel keeps 15 digits of a number, "
                    "so the last ones are lost. Format the column as text before typing."
                ),
                row=row,
                column=column_letters(column),
            )
        )
    return remarks


def column_letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
