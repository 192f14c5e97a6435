"""Workbooks put together by hand, honest and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def written(rows, name="Orders", **options) -> io.BytesIO:
    """An honest workbook with these rows on one sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    out.seek(0)
    return out


def raw(sheet_xml: str | bytes, extra: Mapping[str, bytes] | None = None) -> io.BytesIO:
    """A workbook whose one sheet holds exactly this XML, plus other parts."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet_xml,
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


def sheet_xml(rows_xml: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows_xml}</sheetData></worksheet>'


def numbers(rows: int, columns: int = 8) -> io.BytesIO:
    """Many rows of varied numbers, made faster than a writer could."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:columns]
    body = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{c}{r}"><v>{r * 7919 % 99991}</v></c>' for c in letters)
        + "</row>"
        for r in range(1, rows + 1)
    )
    return raw(sheet_xml(body))


def zeros(size: int) -> io.BytesIO:
    """A sheet of that many zero bytes: a thousand to one."""
    out = raw("")
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as part,
    ):
        for _block in range(size >> 20):
            part.write(bytes(1 << 20))
    out.seek(0)
    return out


def lying(size: int) -> io.BytesIO:
    """The directory states 1,000 bytes for a sheet that unpacks to ``size``."""
    content = raw(sheet_xml("<!--" + " " * size + "-->")).getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return io.BytesIO(content.replace(struct.pack("<I", true_size), struct.pack("<I", 1000)))
