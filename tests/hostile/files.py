"""Files that mean harm, and honest ones that look like it. Written to disk in parts, never held."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from tests.foundation import workbooks
from tests.foundation.workbooks import raw, sheet_xml
from tests.shared_data import shared

MIB = 1 << 20
# The columns of the mapping that comes with the portal, so that an honest file goes all the way.
ORDERS = b"order number,ordered at,sku,description,quantity,unit price,currency,country\n"
ROW = b"A-1,2026-01-02 10:00:00,TEA-01,Tea,2,9.60,USD,US\n"
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Hostile:
    """One upload. ``harmful`` ones must be refused at every door; of the others either is right."""

    name: str
    write: Callable[[IO[bytes]], None]
    harmful: bool = False
    #: The name it is sent under, where that matters.
    filename: str = ""

    @property
    def sent_as(self) -> str:
        return self.filename or self.name


def every() -> list[Hostile]:
    return [*shared_files(), *archives(), *markup(), *texts(), *pictures(), *names()]


def shared_files() -> list[Hostile]:
    """Each file of the shared edge inputs, the notices among them, as it is."""
    folder = shared("edge-inputs")
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        Hostile(str(path.relative_to(folder)), _copy_of(path), path.suffix in (".xml", ".xsl"))
        for path in found
    ]


def archives() -> list[Hostile]:
    inner = workbooks.written([["a", "b"], [1, 2]]).getvalue()
    return [
        Hostile("bomb-512-mib.xlsx", _zeros(512), harmful=True),
        Hostile("bomb-in-the-sheet.xlsx", _bomb_of_rows(180), harmful=True),
        Hostile("nested.xlsx", _parts({"xl/embeddings/inner.xlsx": inner}), harmful=True),
        Hostile("nested.zip", _zip({"a/b.zip": inner, "c.csv": ORDERS + ROW}), harmful=True),
        Hostile("entries-70000.xlsx", _entries(70_000), harmful=True),
        Hostile("directory-of-a-million.xlsx", _directory(1_000_000), harmful=True),
        Hostile("lying-sizes.xlsx", _bytes_of(lambda: workbooks.lying(30 * MIB)), harmful=True),
        Hostile("lying-in-the-local-header.xlsx", _lying_locally, harmful=True),
        Hostile("directory-too-large.xlsx", _patched_end(12, b"\xff\xff\xff\x7f"), harmful=True),
        Hostile("directory-nowhere.xlsx", _patched_end(16, b"\xf0\xff\xff\xff"), harmful=True),
        Hostile("zip64-of-exabytes.xlsx", _zip64, harmful=True),
        Hostile("cut.xlsx", _bytes_of(lambda: io.BytesIO(inner[: len(inner) // 2])), harmful=True),
        Hostile("only-a-signature.xlsx", _plain(b"PK\x03\x04"), harmful=True),
        Hostile("only-an-end.xlsx", _plain(b"PK\x05\x06" + bytes(18)), harmful=True),
        Hostile("symlink.xlsx", _symlink),
        Hostile("climbing.xlsx", _parts({"../../../../planted.csv": b"x", "/tmp/planted": b"x"})),
        Hostile("same-name-twice.xlsx", _twice),
        Hostile("name-of-60000.xlsx", _parts({"x" * 60_000 + ".zip": b"x"}), harmful=True),
        Hostile("bzip2.xlsx", _packed(zipfile.ZIP_BZIP2), harmful=True),
        Hostile("lzma.xlsx", _packed(zipfile.ZIP_LZMA), harmful=True),
        Hostile("rows-1048576.xlsx", _sheet(_many_rows(1_048_576)), harmful=True),
        Hostile("columns-16384.xlsx", _sheet(_one_row(16_384)), harmful=True),
        Hostile("columns-16384-unnamed.xlsx", _sheet(_one_row(16_384, "")), harmful=True),
        Hostile("cell-of-10-mb.xlsx", _sheet([_text("x" * 10_000_000)]), harmful=True),
        Hostile("phantom-range.xlsx", _phantom),
        Hostile("far-cell.xlsx", _sheet(['<row r="1048576"><c r="ZZ1048576"><v>1</v></c></row>'])),
        Hostile("errors-500000.xlsx", _sheet(_error_cells(500_000))),
        Hostile("error-of-10-mb.xlsx", _sheet(_error_cells(2, "#" * 10_000_000))),
        Hostile("sheets-50000.xlsx", _sheets(50_000), harmful=True),
        Hostile("sheet-name-of-a-million.xlsx", _named("N" * 1_000_000), harmful=True),
        Hostile("sheet-name-of-markup.xlsx", _named("&lt;script&gt;alert(1)&lt;/script&gt;")),
        Hostile("far-dates.xlsx", _sheet(_far_numbers())),
        Hostile("honest.xlsx", _bytes_of(lambda: workbooks.written(_honest_rows()))),
    ]


def markup() -> list[Hostile]:
    """XML that grows or reaches out, in each part of a workbook and bare."""
    found = []
    for attack, content in ATTACKS.items():
        for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", SHEET):
            place = part.rpartition("/")[2].removesuffix(".xml").strip("[]")
            write = _parts({part: content})
            found.append(Hostile(f"{attack}-in-{place}.xlsx", write, harmful=True))
        found.append(Hostile(f"{attack}.xml", _plain(content), harmful=True))
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    late = b"<!--" + b" " * 8192 + b"-->" + ATTACKS["laughs"]
    hidden = ATTACKS["laughs"].decode().encode("utf-16")
    upper = ATTACKS["laughs"].replace(b"<!DOCTYPE", b"<!doctype")
    return [
        *found,
        Hostile("deep-sheet.xlsx", _parts({SHEET: deep}), harmful=True),
        Hostile("deep-workbook.xlsx", _parts({"xl/workbook.xml": deep}), harmful=True),
        Hostile("laughs-late.xlsx", _parts({"xl/workbook.xml": late}), harmful=True),
        Hostile("laughs-utf16.xlsx", _parts({"xl/workbook.xml": hidden}), harmful=True),
        Hostile("laughs-lower.xlsx", _parts({"xl/workbook.xml": upper}), harmful=True),
        Hostile("laughs-by-relation.xlsx", _relation_elsewhere, harmful=True),
    ]


def texts() -> list[Hostile]:
    chinese = "订单号,下单时间,货号,数量,单价,国家,币种\nA-1,2026-01-02,茶壶𠮷,2,9.60,美国,USD\n"
    return [
        Hostile("columns-1000000.csv", _columns, harmful=True),
        Hostile("line-of-50-mb.csv", _one_line, harmful=True),
        Hostile("line-of-50-mb-utf16.csv", _one_line_utf16, harmful=True),
        Hostile("one-record-of-many-lines.csv", _record_of_lines(24), harmful=True),
        Hostile("wide-rows.csv", _wide_rows(24), harmful=True),
        Hostile("long-cells.csv", _long_cells(48)),
        Hostile("long-numbers.csv", _long_numbers(12)),
        Hostile("rows-of-nothing.csv", _rows(b"x\n", 5_000_000), harmful=True),
        Hostile("unclosed-quote.csv", _plain(ORDERS + ROW + b'"A-2,' + ROW * 20_000), harmful=True),
        Hostile("unclosed-in-header.csv", _plain(b'"' + ORDERS + ROW * 20_000), harmful=True),
        Hostile("labels-20000.csv", _labels(20_000), harmful=True),
        Hostile("zero-bytes.csv", _plain(ORDERS + ROW.replace(b"TEA", b"T\0A") + b"\0" * 5000)),
        Hostile("zero-in-header.csv", _plain(ORDERS.replace(b"price", b"pri\0ce") + ROW)),
        Hostile("only-zeros.csv", _plain(bytes(100_000)), harmful=True),
        Hostile("controls.csv", _plain(ORDERS + bytes(range(1, 32)) * 50 + b"\n" + ROW)),
        Hostile("mixed.csv", _plain(ORDERS + chinese.encode() + chinese.encode("gb18030"))),
        Hostile("gbk.csv", _plain(chinese.replace("𠮷", "").encode("gbk"))),
        Hostile("gb18030.csv", _plain(chinese.encode("gb18030"))),
        Hostile("big5.csv", _plain("訂單號,數量\nA-1,2\n".encode("big5"))),
        Hostile("utf16-le-unmarked.csv", _plain(chinese.encode("utf-16-le"))),
        Hostile("utf16-be-unmarked.csv", _plain(chinese.encode("utf-16-be"))),
        Hostile("utf16-odd.csv", _plain(chinese.encode("utf-16") + b"\x41")),
        Hostile("utf16-lone-surrogate.csv", _plain(b"\xff\xfea\0,\0b\0\n\0\x00\xd8,\0c\0\n\0")),
        Hostile("utf32.csv", _plain(chinese.encode("utf-32"))),
        Hostile("utf8-surrogate.csv", _plain(ORDERS + b"\xed\xa0\x80,1\n")),
        Hostile("utf7.csv", _plain(b"+ADw-script+AD4-,b\n1,2\n")),
        Hostile("many-zeros-no-comma.csv", _plain(b"1\n" * 100_000)),
        Hostile("formulas.csv", _plain(ORDERS + ROW.replace(b"TEA-01", b"=cmd|'/c calc'!A1"))),
        Hostile("headers-alike.csv", _plain(b",".join([b"a"] * 700) + b"\n" + ROW)),
        Hostile("header-of-100000.csv", _plain(b"H" * 100_000 + b",b\n1,2\n")),
        Hostile("rates-that-overflow.csv", _plain(b"Date,USD,CNY\n2026-01-02,0.000000000001,9e\n")),
        Hostile(
            "rates-tiny.csv", _plain(b"Date,USD,CNY\n2026-01-02,0.000000000001,900000000000\n")
        ),
        Hostile("rates-twice.csv", _plain(b"Date,USD,CNY\n" + b"2026-01-02,1.1,7.8\n" * 2)),
        Hostile("rates-columns-twice.csv", _plain(b"Date,USD/CNY,USD/CNY\n2026-01-02,7.1,7.2\n")),
        Hostile("rates-huge.csv", _plain(b"Date,USD/CNY\n2026-01-02,999999999999999999\n")),
        Hostile("rates-zero.csv", _plain(b"Date,USD/CNY\n2026-01-02,0\n")),
        Hostile("rates-negative.csv", _plain(b"Date,CNY/USD\n2026-01-02,-1\n")),
        Hostile("rates.csv", _plain(b"Date,USD,CNY\n2026-01-02,1.1,7.8\n")),
        Hostile("empty.csv", _plain(b""), harmful=True),
        Hostile("one-byte.csv", _plain(b"x")),
        Hostile("one-line-end.csv", _plain(b"\n"), harmful=True),
        Hostile("one-quote.csv", _plain(b'"')),
        Hostile("only-a-mark.csv", _plain(b"\xef\xbb\xbf")),
        Hostile("honest.csv", _plain(ORDERS + ROW * 3)),
    ]


def pictures() -> list[Hostile]:
    """Other kinds of file under the names of tables."""
    kinds = {
        "png-20000x20000": png(20_000, 20_000),
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff" * 4000,
        "gif": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x80\0\0" + b"\x3b" * 4000,
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "svg-with-mark": b'\xef\xbb\xbf\n<?xml version="1.0"?><svg onload="alert(1)"/>',
        "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n",
        "exe": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(4000) + b"PE\0\0",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(4000),
        "html": b"<!doctype html><script>alert(document.domain)</script>",
        "gzip": zlib.compress(bytes(MIB), wbits=31),
        "old-xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        "pdf-and-zip": b"%PDF-1.7\n" + workbooks.written([["a"]]).getvalue(),
    }
    return [
        Hostile(f"{kind}.{suffix}", _plain(content), harmful=True)
        for kind, content in kinds.items()
        for suffix in ("csv", "xlsx")
    ]


NAMES = [
    "../../etc/passwd",
    "../../../../../../../../tmp/planted.csv",
    "..\\..\\planted.csv",
    "/planted.csv",
    "C:\\Windows\\planted.csv",
    "\\\\server\\share\\planted.csv",
    "a\0b.csv",
    "n" * 300 + ".csv",
    "n" * 4000 + ".csv",
    "\u202evsc.sredro",
    "CON",
    "nul.csv",
    "COM1.csv.",
    "orders.csv:evil.exe",
    ".htaccess",
    "..",
    ".",
    " ",
    "%2e%2e%2f%2e%2e%2fplanted.csv",
    "订单 2026 年 9 月.csv",
    "\U0001f9fe\U0001f468‍\U0001f469‍\U0001f467 orders.csv",
    "orders<script>alert(1)</script>.csv",
    'orders".csv',
    "orders'; drop table trade_order; --.csv",
    "orders%s%n{0}{{7*7}}.csv",
    "orders\r\nSet-Cookie: evil=1.csv",
    "orders\t\x0b\x7f.csv",
    "\ud800.csv",
    "-rf",
    "~root",
    "$(touch planted).csv",
]


def names() -> list[Hostile]:
    """One honest table under each name."""
    content = ORDERS + ROW
    return [
        Hostile(f"name-{number}", _plain(content), filename=name)
        for number, name in enumerate(NAMES)
    ]


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


def png(width: int, height: int) -> bytes:
    """A picture of one colour: many pixels, few bytes."""
    packer = zlib.compressobj(1)
    line = bytes(width // 8 + 2)
    data = b"".join([*(packer.compress(line) for _line in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


# -- how they are written ----------------------------------------------------------------------


def _plain(content: bytes) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, content)


def _into(out: IO[bytes], content: bytes) -> None:
    out.write(content)


def _copy_of(path) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, path.read_bytes())


def _bytes_of(make: Callable[[], io.BytesIO]) -> Callable[[IO[bytes]], None]:
    return lambda out: _into(out, make().getvalue())


def _parts(extra: dict[str, bytes]) -> Callable[[IO[bytes]], None]:
    """A workbook of one small sheet with these parts added or in place of its own."""
    sheet = sheet_xml("".join([_text("a"), _text("b", 2)]))
    return lambda out: _into(out, raw(sheet, extra).getvalue())


def _zip(entries: dict[str, bytes]) -> Callable[[IO[bytes]], None]:
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


def _zeros(mebibytes: int) -> Callable[[IO[bytes]], None]:
    block = bytes(MIB)
    return lambda out: _with_part(out, SHEET, (block for _n in range(mebibytes)), level=9)


def _bomb_of_rows(mebibytes: int) -> Callable[[IO[bytes]], None]:
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


def _sheet(rows) -> Callable[[IO[bytes]], None]:
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


def _many_rows(count: int) -> _Rows:
    def make() -> Iterator[str]:
        for start in range(1, count + 1, 1024):
            yield "".join(
                f'<row r="{n}"><c r="A{n}"><v>{n * 7919 % 99991}</v></c></row>'
                for n in range(start, start + 1024)
            )

    return _Rows(make)


def _one_row(count: int, letters: str = "A") -> list[str]:
    from xlsxwriter.utility import xl_col_to_name

    cells = (
        f'<c r="{xl_col_to_name(n)}1"><v>{n}</v></c>' if letters else f"<c><v>{n}</v></c>"
        for n in range(count)
    )
    return [f'<row r="1">{"".join(cells)}</row>']


def _text(value: str, row: int = 1) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{value}</t></is></c></row>'


def _error_cells(count: int, value: str = "#N/A") -> _Rows:
    def make() -> Iterator[str]:
        for n in range(1, count + 1):
            yield f'<row r="{n}"><c r="A{n}" t="e"><v>{value}</v></c></row>'

    return _Rows(make)


def _far_numbers() -> list[str]:
    values = ["1e400", "-1e400", "NaN", "1e308", "-0", "99999999999999999999", "2958465.9999999"]
    return [
        _text("a"),
        *(
            f'<row r="{n}"><c r="A{n}"><v>{value}</v></c></row>'
            for n, value in enumerate(values, 2)
        ),
    ]


def _phantom(out: IO[bytes]) -> None:
    xml = sheet_xml(_text("a") + _text("b", 2))
    stated = xml.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    out.write(raw(stated).getvalue())


def _sheets(count: int) -> Callable[[IO[bytes]], None]:
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, count + 1))
    return _parts({"xl/workbook.xml": _book(names)})


def _named(name: str) -> Callable[[IO[bytes]], None]:
    return _parts({"xl/workbook.xml": _book(f'<sheet name="{name}" sheetId="1" r:id="rId1"/>')})


def _book(sheets: str) -> bytes:
    return (
        f'<workbook xmlns="{workbooks.MAIN}" xmlns:r="{workbooks.RELATIONS}">'
        f"<sheets>{sheets}</sheets></workbook>"
    ).encode()


def _relation_elsewhere(out: IO[bytes]) -> None:
    """The sheet's part has a name that does not end in .xml."""
    relations = (
        f'<Relationships xmlns="{workbooks.PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{workbooks.RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    ).encode()
    _parts(
        {"xl/_rels/workbook.xml.rels": relations, "xl/worksheets/sheet1.bin": ATTACKS["laughs"]}
    )(out)


def _entries(count: int) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            for number in range(count):
                archive.writestr(zipfile.ZipInfo(f"{number}"), b"")

    return write


def _directory(count: int) -> Callable[[IO[bytes]], None]:
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


def _patched_end(offset: int, value: bytes) -> Callable[[IO[bytes]], None]:
    """An honest workbook whose end record lies in one field."""

    def write(out: IO[bytes]) -> None:
        content = bytearray(workbooks.written([["a", "b"], [1, 2]]).getvalue())
        end = content.rindex(b"PK\x05\x06")
        content[end + offset : end + offset + len(value)] = value
        out.write(content)

    return write


def _zip64(out: IO[bytes]) -> None:
    """An end record of the large kind that states a directory of exabytes."""
    content = workbooks.written([["a", "b"]]).getvalue()
    end = content.rindex(b"PK\x05\x06")
    large = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, (1 << 62), 100)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    out.write(content[:end] + large + locator + content[end:])


def _lying_locally(out: IO[bytes]) -> None:
    """The local header states other sizes than the directory."""
    content = bytearray(raw(sheet_xml("<!--" + " " * (2 * MIB) + "-->")).getvalue())
    at = content.index(SHEET.encode()) - 30
    content[at + 18 : at + 26] = struct.pack("<II", 5, 5)
    out.write(content)


def _symlink(out: IO[bytes]) -> None:
    content = workbooks.written([["a", "b"], [1, 2]])
    with zipfile.ZipFile(content, "a") as archive:
        link = zipfile.ZipInfo("xl/media/passwd")
        link.create_system, link.external_attr = 3, (0o120777 << 16)
        archive.writestr(link, "/etc/passwd")
    out.write(content.getvalue())


def _twice(out: IO[bytes]) -> None:
    content = workbooks.written([["a", "b"], [1, 2]])
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.filelist = [e for e in archive.filelist if e.filename != SHEET] + [
            e for e in archive.filelist if e.filename == SHEET
        ]
        archive.NameToInfo.pop(SHEET)
        archive.writestr(SHEET, sheet_xml(_text("another")))
    out.write(content.getvalue())


def _packed(method: int) -> Callable[[IO[bytes]], None]:
    """Entries packed by a method that no spreadsheet uses: ten thousand to one and more."""

    def write(out: IO[bytes]) -> None:
        frame = raw("")
        with zipfile.ZipFile(frame) as source, zipfile.ZipFile(out, "w", method) as archive:
            for entry in source.namelist():
                archive.writestr(entry, source.read(entry) or bytes(8 * MIB))

    return write


def _columns(out: IO[bytes]) -> None:
    for start in range(0, 1_000_000, 10_000):
        out.write(b"".join(b"c%d," % n for n in range(start, start + 10_000)))
    out.write(b"end\n")


def _one_line(out: IO[bytes]) -> None:
    for _block in range(50):
        out.write(b"x" * 1_000_000)


def _one_line_utf16(out: IO[bytes]) -> None:
    """Every byte is a line end, no character is: only the decoded text tells."""
    out.write("a,b\n".encode("utf-16"))
    for _block in range(25):
        out.write(b"\x0a\x0a" * 1_000_000)


def _record_of_lines(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """One record over the whole file: each line ends inside a quoted cell."""

    def write(out: IO[bytes]) -> None:
        out.write(b'a,b\n1,2\n"')
        for _block in range(mebibytes):
            out.write(b'\n","' * (MIB // 4))
        out.write(b'"\n')

    return write


def _wide_rows(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """An honest header above rows of a hundred thousand cells each."""
    line = b"ab," * 87_000 + b"\n"

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _row in range(mebibytes * MIB // len(line)):
            out.write(line)

    return write


def _long_cells(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """Rows whose cells are as long as a cell may be, in letters of four bytes."""
    cell = "𠮷".encode() * 30_000
    line = b"A-1,2026-01-02 10:00:00," + cell + b",Tea,2,9.60,USD,US\n"

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _row in range(mebibytes * MIB // len(line)):
            out.write(line)

    return write


def _long_numbers(mebibytes: int) -> Callable[[IO[bytes]], None]:
    """Numbers of a hundred thousand digits, none like another."""

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for number in range(mebibytes * MIB // 100_000):
            digits = b"%d" % (10**20 + number) * 4_700
            out.write(b"A-1,2026-01-02 10:00:00,TEA-01,Tea," + digits + b",9.60,USD,US\n")

    return write


def _rows(row: bytes, count: int) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for _block in range(count // 10_000):
            out.write(row * 10_000)

    return write


def _labels(count: int) -> Callable[[IO[bytes]], None]:
    """A file in which every row names another country."""

    def write(out: IO[bytes]) -> None:
        out.write(ORDERS)
        for number in range(count):
            out.write(b"A-%d,2026-01-02 10:00:00,TEA-01,2,9.60,Land %d,USD\n" % (number, number))

    return write


def _honest_rows() -> list[list[object]]:
    return [
        [*ORDERS.decode().strip().split(",")],
        ["A-1", "2026-01-02 10:00:00", "TEA-01", "Tea", 2, 9.6, "USD", "US"],
    ]
