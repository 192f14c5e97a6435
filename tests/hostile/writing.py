"""How hostile files are written: in parts, never held in memory."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from tests.foundation import workbooks
from tests.foundation.workbooks import raw, sheet_xml

MIB = 1 << 20
# The columns of the mapping that comes with the portal, so that an honest file goes all the way.
ORDERS = b"order number,ordered at,sku,description,quantity,unit price,currency,country\n"
ROW = b"A-1,2026-01-02 10:00:00,TEA-01,Tea,2,9.60,USD,US\n"
SHEET = "xl/worksheets/sheet1.xml"


ATTACKS: dict[str, bytes] = {
    "laughs": (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
        + b"]><z>&k;</z>"
    ),
    "quadratic": (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "'
        + b"B" * 50_000
        + b'">]><z>'
        + b"&a;" * 50_000
        + b"</z>"
    ),
    "external-entity": (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]><z>&a;</z>'
    ),
    "external-dtd": (
        b'<?xml version="1.0"?><!DOCTYPE z SYSTEM "http://127.0.0.1:9/evil.dtd"><z>x</z>'
    ),
}


def plain(content: bytes) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, content)


def _into(out: IO[bytes], content: bytes) -> None:
    out.write(content)


def copy_of(path) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, path.read_bytes())


def bytes_of(make: Callable[[], io.BytesIO]) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, make().getvalue())


def parts(extra: dict[str, bytes]) -> Callable[[IO[bytes]], None]:
    """A workbook of one small sheet with these parts added or in place of its own."""
    sheet = sheet_xml("".join([text_cell("a"), text_cell("b", 2)]))
    return lambda out: _into(out, raw(sheet, extra).getvalue())


def zipped(entries: dict[str, bytes]) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)

    return write


def _with_part(out: IO[bytes], name: str, blocks: Iterator[bytes], level: int = 1) -> None:
    """A workbook whose part of this name is written block by block."""
    frame = raw("")
    with (
        zipfile.ZipFile(frame) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive,
    ):
        for entry in source.namelist():
            if entry != name:
                archive.writestr(entry, source.read(entry))
        with archive.open(name, "w", force_zip64=True) as part:
            for block in blocks:
                part.write(block)


def zeros(mebibytes: int) -> Callable[[IO[bytes]], None]:
    block = bytes(MIB)
    return lambda out: _with_part(out, SHEET, (block for _n in range(mebibytes)), level=9)


def bomb_of_rows(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """Honest XML, nearly the same row again and again: three hundred to one."""
    rows = '<row><c t="str"><v>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</v></c></row>'
    block = (rows * (MIB // len(rows))).encode()
    head, tail = sheet_xml("|").encode().split(b"|")

    def blocks() -> Iterator[bytes]:
        yield head
        for _n in range(mebibytes):
            yield block
        yield tail

    return lambda out: _with_part(out, SHEET, blocks())


def sheet_of(rows) -> Callable[[IO[bytes]], None]:
    head, tail = sheet_xml("|").encode().split(b"|")

    def blocks() -> Iterator[bytes]:
        yield head
        for row in rows:
            yield row.encode()
        yield tail

    return lambda out: _with_part(out, SHEET, blocks())


class _Rows:
    """An iterable that can be read again: a file is written at each door anew."""

    def __init__(self, make: Callable[[], Iterator[str]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[str]:
        return self.make()


def many_rows(count: int) -> _Rows:
    def make() -> Iterator[str]:
        for start in range(1, count + 1, 1024):
            yield "".join(
                f'<row r="{n}"><c r="A{n}"><v>{n * 7919 % 99991}</v></c></row>'
                for n in range(start, start + 1024)
            )

    return _Rows(make)


def one_row(count: int, letters: str = "A") -> list[str]:
    from xlsxwriter.utility import xl_col_to_name

    cells = (
        f'<c r="{xl_col_to_name(n)}1"><v>{n}</v></c>' if letters else f"<c><v>{n}</v></c>"
        for n in range(count)
    )
    return [f'<row r="1">{"".join(cells)}</row>']


def text_cell(value: str, row: int = 1) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{value}</t></is></c></row>'


def error_cells(count: int, value: str = "#N/A") -> _Rows:
    def make() -> Iterator[str]:
        for n in range(1, count + 1):
            yield f'<row r="{n}"><c r="A{n}" t="e"><v>{value}</v></c></row>'

    return _Rows(make)


def far_numbers() -> list[str]:
    values = ["1e400", "-1e400", "NaN", "1e308", "-0", "99999999999999999999", "2958465.9999999"]
    return [
        text_cell("a"),
        *(
            f'<row r="{n}"><c r="A{n}"><v>{value}</v></c></row>'
            for n, value in enumerate(values, 2)
        ),
    ]


def phantom(out: IO[bytes]) -> None:
    xml = sheet_xml(text_cell("a") + text_cell("b", 2))
    stated = xml.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    out.write(raw(stated).getvalue())


def sheets(count: int) -> Callable[[IO[bytes]], None]:
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, count + 1))
    return parts({"xl/workbook.xml": _book(names)})


def book_named(name: str) -> Callable[[IO[bytes]], None]:
    return parts({"xl/workbook.xml": _book(f'<sheet name="{name}" sheetId="1" r:id="rId1"/>')})


def _book(sheets: str) -> bytes:
    return (
        f'<workbook xmlns="{workbooks.MAIN}" xmlns:r="{workbooks.RELATIONS}">'
        f"<sheets>{sheets}</sheets></workbook>"
    ).encode()


def relation_elsewhere(out: IO[bytes]) -> None:
    """The sheet's part has a name that does not end in .xml."""
    relations = (
        f'<Relationships xmlns="{workbooks.PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{workbooks.RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    ).encode()
    parts({"xl/_rels/workbook.xml.rels": relations, "xl/worksheets/sheet1.bin": ATTACKS["laughs"]})(
        out
    )


def entries(count: int) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            for number in range(count):
                archive.writestr(zipfile.ZipInfo(f"{number}"), b"")

    return write


def directory(count: int) -> Callable[[IO[bytes]], None]:
    """A directory that names one entry a million times; nothing else is in the file."""
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0
    )

    def write(out: IO[bytes]) -> None:
        first = b"PK\x03\x04" + bytes(26)
        out.write(first)
        for _block in range(count // 1000):
            out.write((entry + b"xl/abc") * 1000)
        size = count * (len(entry) + 6)
        out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, len(first), 0))

    return write


def patched_end(offset: int, value: bytes) -> Callable[[IO[bytes]], None]:
    """An honest workbook whose end record lies in one field."""

    def write(out: IO[bytes]) -> None:
        content = bytearray(workbooks.written([["a", "b"], [1, 2]]).getvalue())
        end = content.rindex(b"PK\x05\x06")
        content[end + offset : end + offset + len(value)] = value
        out.write(content)

    return write


def zip64(out: IO[bytes]) -> None:
    """An end record of the large kind that states a directory of exabytes."""
    content = workbooks.written([["a", "b"]]).getvalue()
    end = content.rindex(b"PK\x05\x06")
    large = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, (1 << 62), 100)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    out.write(content[:end] + large + locator + content[end:])


def lying_locally(out: IO[bytes]) -> None:
    """The local header states other sizes than the directory."""
    content = bytearray(raw(sheet_xml("<!--" + " " * (2 * MIB) + "-->")).getvalue())
    at = content.index(SHEET.encode()) - 30
    content[at + 18 : at + 26] = struct.pack("<II", 5, 5)
    out.write(content)


def symlink(out: IO[bytes]) -> None:
    content = workbooks.written([["a", "b"], [1, 2]])
    with zipfile.ZipFile(content, "a") as archive:
        link = zipfile.ZipInfo("xl/media/passwd")
        link.create_system, link.external_attr = 3, (0o120777 << 16)
        archive.writestr(link, "/etc/passwd")
    out.write(content.getvalue())


def twice(out: IO[bytes]) -> None:
    content = workbooks.written([["a", "b"], [1, 2]])
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.filelist = [e for e in archive.filelist if e.filename != SHEET] + [
            e for e in archive.filelist if e.filename == SHEET
        ]
        archive.NameToInfo.pop(SHEET)
        archive.writestr(SHEET, sheet_xml(text_cell("another")))
    out.write(content.getvalue())


def packed(method: int) -> Callable[[IO[bytes]], None]:
    """Entries packed by a method that no spreadsheet uses: ten thousand to one and more."""

    def write(out: IO[bytes]) -> None:
        frame = raw("")
        with zipfile.ZipFile(frame) as source, zipfile.ZipFile(out, "w", method) as archive:
            for entry in source.namelist():
                archive.writestr(entry, source.read(entry) or bytes(8 * MIB))

    return write


def columns(out: IO[bytes]) -> None:
    for start in range(0, 1_000_000, 10_000):
        out.write(b"".join(b"c%d," % n for n in range(start, start + 10_000)))
    out.write(b"end\n")


def one_line(out: IO[bytes]) -> None:
    for _block in range(50):
        out.write(b"x" * 1_000_000)


def one_line_utf16(out: IO[bytes]) -> None:
    """Every byte is a line end, no character is: only the decoded text tells."""
    out.write("a,b\n".encode("utf-16"))
    for _block in range(25):
        out.write(b"\x0a\x0a" * 1_000_000)


def record_of_lines(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """One record over the whole file: each line ends inside a quoted cell."""

    def write(out: IO[bytes]) -> None:
        out.write(b'a,b\n1,2\n"')
        for _block in range(mebibytes):
            out.write(b'\n","' * (MIB // 4))
        out.write(b'"\n')

    return write


def wide_rows(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """An honest header above rows of a hundred thousand cells each."""
    line = b"ab," * 87_000 + b"\n"

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _row in range(mebibytes * MIB // len(line)):
            out.write(line)

    return write


def long_cells(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """Rows whose cells are as long as a cell may be, in letters of four bytes."""
    cell = "𠮷".encode() * 30_000
    line = b"A-1,2026-01-02 10:00:00," + cell + b",Tea,2,9.60,USD,US\n"

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _row in range(mebibytes * MIB // len(line)):
            out.write(line)

    return write


def long_numbers(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """Numbers of a hundred thousand digits, none like another."""

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for number in range(mebibytes * MIB // 100_000):
            digits = b"%d" % (10**20 + number) * 4_700
            out.write(b"A-1,2026-01-02 10:00:00,TEA-01,Tea," + digits + b",9.60,USD,US\n")

    return write


def rows_of(row: bytes, count: int) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _block in range(count // 10_000):
            out.write(row * 10_000)

    return write


def labels(count: int) -> Callable[[IO[bytes]], None]:
    """A file in which every row names another country."""

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for number in range(count):
            out.write(b"A-%d,2026-01-02 10:00:00,TEA-01,2,9.60,Land %d,USD\n" % (number, number))

    return write


def honest_rows() -> list[list[object]]:
    return [
        [*ORDERS.decode().strip().split(",")],
        ["A-1", "2026-01-02 10:00:00", "TEA-01", "Tea", 2, 9.6, "USD", "US"],
    ]
