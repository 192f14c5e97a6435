"""The process that parses a workbook somebody uploaded. Started by xlsx_reader, never imported.

Workbook on standard input, CSV on standard output, one line of JSON on standard error. It runs in
isolated mode without Django and first of all limits its own memory and time, so that the worst a
file can do is to end this process.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MAX_REMARKS = 20
MAX_SHEETS = 1_000
# Excel allows 31 characters.
MAX_NAME_CHARS = 80
# Of a cell in error, as far as it is told.
MAX_ERROR_BYTES = 40
# Blank cells between two filled ones cost as much: 64 columns in each of 250,000 rows.
MAX_AREA = 16_000_000
SCAN_BYTES = 1 << 20
# Excel keeps 15 significant digits; from here on an integer has lost its last ones.
EXACT_BELOW = 10**15
BEYOND_ZZ = re.compile(rb'<c r="([A-Z]{3})([0-9]+)"(?:[^>]*[^/>])?>')
ERROR_CELL = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"[^>]*\st="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>'
)
# A row with a cell that is more than a format. One cut in two between blocks is not seen.
FILLED_ROW = re.compile(rb"<row[ >][^<]*(?:<c [^>]*/>)*<c[ >](?:[^>]*[^/]>)?")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Refused(Exception):
    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.answer = {"refused": code, "params": params}


def main() -> None:
    asked = json.loads(sys.argv[1])
    _limit(asked)
    try:
        answer = convert(asked)
    except Refused as refusal:
        answer = refusal.answer
    except MemoryError:
        answer = {"refused": "memory", "params": {}}
    except zipfile.BadZipFile:
        answer = {"refused": "unreadable", "params": {}}
    sys.stderr.write("\n" + json.dumps(answer) + "\n")


def _limit(asked: dict) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory_bytes"], asked["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (asked["output_bytes"], asked["output_bytes"]))


def convert(asked: dict) -> dict:
    import python_calamine as calamine

    source = sys.stdin.buffer
    is_old = asked.get("is_old", False)
    if not is_old:
        refuse_declarations(source)
        source.seek(0)
    try:
        with calamine.CalamineWorkbook.from_filelike(source) as book:
            found = [
                each
                for each in book.sheets_metadata
                if each.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            sheets = [each.name for each in found]
            refuse_sheets(sheets)
            visible = [e.name for e in found if e.visible == calamine.SheetVisibleEnum.Visible]
            name = asked["sheet"] or next(iter(visible or sheets), None)
            if name not in sheets:
                raise Refused("no_such_sheet", sheet=name or "", sheets=sheets)
            errors = [] if is_old else scan(source, name, asked)
            sheet = book.get_sheet_by_name(name)
            if sheet.total_width > asked["max_columns"]:
                raise Refused("too_many_columns", columns=sheet.total_width)
            if (sheet.total_height + 1) * (sheet.total_width + 1) > MAX_AREA:
                raise Refused("memory")
            written = write(sheet, asked["max_rows"])
            return {"sheets": sheets, "sheet": name, "errors": errors, **written}
    except calamine.PasswordError:
        raise Refused("encrypted") from None
    except calamine.CalamineError:
        raise Refused("unreadable") from None


def refuse_sheets(names: list[str]) -> None:
    if len(names) > MAX_SHEETS:
        raise Refused("too_many_sheets", max_sheets=MAX_SHEETS)
    if max(map(len, names), default=0) > MAX_NAME_CHARS:
        raise Refused("unreadable")


def refuse_declarations(source: BinaryIO) -> None:
    """No part may declare a document type, the door to entities, before any parser sees it.

    Zero bytes are left out, so that a declaration in UTF-16 is seen as well.
    """
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(SCAN_BYTES).replace(b"\0", b""):
                        raise Refused("doctype", part=entry.filename)


def scan(source: BinaryIO, sheet: str, asked: dict) -> list:
    """Read the sheet's XML as bytes: its real size, far columns, cells in error."""
    errors: list = []
    filled = 0
    with zipfile.ZipFile(source) as archive:
        path = sheet_path(archive, sheet)
        if path is None:
            return errors
        total, tail = 0, b""
        with archive.open(path) as part:
            while block := part.read(SCAN_BYTES):
                total += len(block)
                if total > asked["max_part_bytes"]:
                    raise Refused("bomb")
                # A block may end inside a cell: the unfinished one waits for the next block.
                whole = tail + block
                cut = whole.rfind(b"<c ")
                tail, text = (
                    (whole[cut:], whole[:cut])
                    if cut > 0 and len(whole) - cut < SCAN_BYTES
                    else (b"", whole)
                )
                errors += scan_cells(text) if len(errors) < MAX_REMARKS else []
                filled += sum(1 for _row in FILLED_ROW.finditer(text))
                if filled > asked["max_rows"] + 1:
                    raise Refused("too_many_rows", max_rows=asked["max_rows"])
            errors += scan_cells(tail)
    return errors[:MAX_REMARKS]


def scan_cells(text: bytes) -> list:
    if far := BEYOND_ZZ.search(text):
        raise Refused("column_too_far", column=far.group(1).decode(), row=int(far.group(2)))
    if b't="e"' not in text:
        return []
    found = islice(ERROR_CELL.finditer(text), MAX_REMARKS)
    return [
        [cell.group(1).decode(), cell.group(2)[:MAX_ERROR_BYTES].decode(errors="ignore")]
        for cell in found
    ]


def sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The archive's entry for a sheet, by way of the workbook's relations.

    Parts with a document type declaration were refused before, so there are no entities to expand.
    """
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ET.ParseError):
        return None
    wanted = next(
        (e.get(RELATION + "id") for e in book.iter(MAIN + "sheet") if e.get("name") == sheet), None
    )
    target = next((e.get("Target", "") for e in relations if e.get("Id") == wanted), "")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return path if target and path in archive.namelist() else None


def write(sheet: CalamineSheet, max_rows: int) -> dict:
    """All rows as CSV, one record a row from row 1 on, so that a record's number is the row's."""
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(out)
    first_column = (sheet.start or (0, 0))[1]
    long_numbers: list = []
    filled = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = [CONVERT[type(value)](value) for value in row]
        if not any(texts):
            writer.writerow(())
            continue
        filled += 1
        # The header does not count as one of the rows allowed.
        if filled > max_rows + 1:
            raise Refused("too_many_rows", max_rows=max_rows)
        if len(long_numbers) < MAX_REMARKS:
            long_numbers += [
                [number, first_column + i] for i, value in enumerate(row) if _is_long(value)
            ]
        writer.writerow(texts)
    out.detach()
    return {"rows": filled, "long_numbers": long_numbers[:MAX_REMARKS]}


def _is_long(value: object) -> bool:
    return isinstance(value, float) and abs(value) >= EXACT_BELOW


def number_text(value: float) -> str:
    """A number as Excel would show it in full: 15 significant digits, never an exponent."""
    if value.is_integer() and abs(value) < EXACT_BELOW:
        return str(int(value))
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def moment_text(value: dt.datetime) -> str:
    # Excel keeps days as a fraction; the last digits of a second are noise of that.
    if value.microsecond:
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return value.isoformat(" ")


def duration_text(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


CONVERT: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    float: number_text,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: dt.date.isoformat,
    dt.datetime: moment_text,
    dt.time: lambda value: value.replace(microsecond=0).isoformat(),
    dt.timedelta: duration_text,
}

if __name__ == "__main__":
    main()
