"""Files that mean harm, and honest ones that look like it. Written to disk in parts, never held."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from tests.foundation import workbooks
from tests.hostile import writing
from tests.hostile.writing import ATTACKS, MIB, ORDERS, ROW, SHEET
from tests.shared_data import shared


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
        Hostile(
            str(path.relative_to(folder)), writing.copy_of(path), path.suffix in (".xml", ".xsl")
        )
        for path in found
    ]


def archives() -> list[Hostile]:
    inner = workbooks.written([["a", "b"], [1, 2]]).getvalue()
    return [
        Hostile("bomb-512-mib.xlsx", writing.zeros(512), harmful=True),
        Hostile("bomb-in-the-sheet.xlsx", writing.bomb_of_rows(180), harmful=True),
        Hostile("nested.xlsx", writing.parts({"xl/embeddings/inner.xlsx": inner}), harmful=True),
        Hostile(
            "nested.zip", writing.zipped({"a/b.zip": inner, "c.csv": ORDERS + ROW}), harmful=True
        ),
        Hostile("entries-70000.xlsx", writing.entries(70_000), harmful=True),
        Hostile("directory-of-a-million.xlsx", writing.directory(1_000_000), harmful=True),
        Hostile(
            "lying-sizes.xlsx", writing.bytes_of(lambda: workbooks.lying(30 * MIB)), harmful=True
        ),
        Hostile("lying-in-the-local-header.xlsx", writing.lying_locally, harmful=True),
        Hostile(
            "directory-too-large.xlsx", writing.patched_end(12, b"\xff\xff\xff\x7f"), harmful=True
        ),
        Hostile(
            "directory-nowhere.xlsx", writing.patched_end(16, b"\xf0\xff\xff\xff"), harmful=True
        ),
        Hostile("zip64-of-exabytes.xlsx", writing.zip64, harmful=True),
        Hostile(
            "cut.xlsx", writing.bytes_of(lambda: io.BytesIO(inner[: len(inner) // 2])), harmful=True
        ),
        Hostile("only-a-signature.xlsx", writing.plain(b"PK\x03\x04"), harmful=True),
        Hostile("only-an-end.xlsx", writing.plain(b"PK\x05\x06" + bytes(18)), harmful=True),
        Hostile("symlink.xlsx", writing.symlink),
        Hostile(
            "climbing.xlsx", writing.parts({"../../../../planted.csv": b"x", "/tmp/planted": b"x"})
        ),
        Hostile("same-name-twice.xlsx", writing.twice),
        Hostile("name-of-60000.xlsx", writing.parts({"x" * 60_000 + ".zip": b"x"}), harmful=True),
        Hostile("bzip2.xlsx", writing.packed(zipfile.ZIP_BZIP2), harmful=True),
        Hostile("lzma.xlsx", writing.packed(zipfile.ZIP_LZMA), harmful=True),
        Hostile("rows-1048576.xlsx", writing.sheet_of(writing.many_rows(1_048_576)), harmful=True),
        Hostile("columns-16384.xlsx", writing.sheet_of(writing.one_row(16_384)), harmful=True),
        Hostile(
            "columns-16384-unnamed.xlsx",
            writing.sheet_of(writing.one_row(16_384, "")),
            harmful=True,
        ),
        Hostile(
            "cell-of-10-mb.xlsx",
            writing.sheet_of([writing.text_cell("x" * 10_000_000)]),
            harmful=True,
        ),
        Hostile("phantom-range.xlsx", writing.phantom),
        Hostile(
            "far-cell.xlsx",
            writing.sheet_of(['<row r="1048576"><c r="ZZ1048576"><v>1</v></c></row>']),
        ),
        Hostile("errors-500000.xlsx", writing.sheet_of(writing.error_cells(500_000))),
        Hostile("error-of-10-mb.xlsx", writing.sheet_of(writing.error_cells(2, "#" * 10_000_000))),
        Hostile("sheets-50000.xlsx", writing.sheets(50_000), harmful=True),
        Hostile("sheet-name-of-a-million.xlsx", writing.book_named("N" * 1_000_000), harmful=True),
        Hostile(
            "sheet-name-of-markup.xlsx", writing.book_named("&lt;script&gt;alert(1)&lt;/script&gt;")
        ),
        Hostile("far-dates.xlsx", writing.sheet_of(writing.far_numbers())),
        Hostile("honest.xlsx", writing.bytes_of(lambda: workbooks.written(writing.honest_rows()))),
    ]


def markup() -> list[Hostile]:
    """XML that grows or reaches out, in each part of a workbook and bare."""
    found = []
    for attack, content in ATTACKS.items():
        for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", SHEET):
            place = part.rpartition("/")[2].removesuffix(".xml").strip("[]")
            write = writing.parts({part: content})
            found.append(Hostile(f"{attack}-in-{place}.xlsx", write, harmful=True))
        found.append(Hostile(f"{attack}.xml", writing.plain(content), harmful=True))
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    late = b"<!--" + b" " * 8192 + b"-->" + ATTACKS["laughs"]
    hidden = ATTACKS["laughs"].decode().encode("utf-16")
    upper = ATTACKS["laughs"].replace(b"<!DOCTYPE", b"<!doctype")
    return [
        *found,
        Hostile("deep-sheet.xlsx", writing.parts({SHEET: deep}), harmful=True),
        Hostile("deep-workbook.xlsx", writing.parts({"xl/workbook.xml": deep}), harmful=True),
        Hostile("laughs-late.xlsx", writing.parts({"xl/workbook.xml": late}), harmful=True),
        Hostile("laughs-utf16.xlsx", writing.parts({"xl/workbook.xml": hidden}), harmful=True),
        Hostile("laughs-lower.xlsx", writing.parts({"xl/workbook.xml": upper}), harmful=True),
        Hostile("laughs-by-relation.xlsx", writing.relation_elsewhere, harmful=True),
    ]


def texts() -> list[Hostile]:
    chinese = "订单号,下单时间,货号,数量,单价,国家,币种\nA-1,2026-01-02,茶壶𠮷,2,9.60,美国,USD\n"
    return [
        Hostile("columns-1000000.csv", writing.columns, harmful=True),
        Hostile("line-of-50-mb.csv", writing.one_line, harmful=True),
        Hostile("line-of-50-mb-utf16.csv", writing.one_line_utf16, harmful=True),
        Hostile("one-record-of-many-lines.csv", writing.record_of_lines(24), harmful=True),
        Hostile("wide-rows.csv", writing.wide_rows(24), harmful=True),
        Hostile("long-cells.csv", writing.long_cells(48)),
        Hostile("long-numbers.csv", writing.long_numbers(12)),
        Hostile("rows-of-nothing.csv", writing.rows_of(b"x\n", 5_000_000), harmful=True),
        Hostile(
            "unclosed-quote.csv",
            writing.plain(ORDERS + ROW + b'"A-2,' + ROW * 20_000),
            harmful=True,
        ),
        Hostile(
            "unclosed-in-header.csv", writing.plain(b'"' + ORDERS + ROW * 20_000), harmful=True
        ),
        Hostile("labels-20000.csv", writing.labels(20_000), harmful=True),
        Hostile(
            "zero-bytes.csv", writing.plain(ORDERS + ROW.replace(b"TEA", b"T\0A") + b"\0" * 5000)
        ),
        Hostile("zero-in-header.csv", writing.plain(ORDERS.replace(b"price", b"pri\0ce") + ROW)),
        Hostile("only-zeros.csv", writing.plain(bytes(100_000)), harmful=True),
        Hostile("controls.csv", writing.plain(ORDERS + bytes(range(1, 32)) * 50 + b"\n" + ROW)),
        Hostile("mixed.csv", writing.plain(ORDERS + chinese.encode() + chinese.encode("gb18030"))),
        Hostile("gbk.csv", writing.plain(chinese.replace("𠮷", "").encode("gbk"))),
        Hostile("gb18030.csv", writing.plain(chinese.encode("gb18030"))),
        Hostile("big5.csv", writing.plain("訂單號,數量\nA-1,2\n".encode("big5"))),
        Hostile("utf16-le-unmarked.csv", writing.plain(chinese.encode("utf-16-le"))),
        Hostile("utf16-be-unmarked.csv", writing.plain(chinese.encode("utf-16-be"))),
        Hostile("utf16-odd.csv", writing.plain(chinese.encode("utf-16") + b"\x41")),
        Hostile(
            "utf16-lone-surrogate.csv", writing.plain(b"\xff\xfea\0,\0b\0\n\0\x00\xd8,\0c\0\n\0")
        ),
        Hostile("utf32.csv", writing.plain(chinese.encode("utf-32"))),
        Hostile("utf8-surrogate.csv", writing.plain(ORDERS + b"\xed\xa0\x80,1\n")),
        Hostile("utf7.csv", writing.plain(b"+ADw-script+AD4-,b\n1,2\n")),
        Hostile("many-zeros-no-comma.csv", writing.plain(b"1\n" * 100_000)),
        Hostile(
            "formulas.csv", writing.plain(ORDERS + ROW.replace(b"TEA-01", b"=cmd|'/c calc'!A1"))
        ),
        Hostile("headers-alike.csv", writing.plain(b",".join([b"a"] * 700) + b"\n" + ROW)),
        Hostile("header-of-100000.csv", writing.plain(b"H" * 100_000 + b",b\n1,2\n")),
        Hostile(
            "rates-that-overflow.csv",
            writing.plain(b"Date,USD,CNY\n2026-01-02,0.000000000001,9e\n"),
        ),
        Hostile(
            "rates-tiny.csv",
            writing.plain(b"Date,USD,CNY\n2026-01-02,0.000000000001,900000000000\n"),
        ),
        Hostile("rates-twice.csv", writing.plain(b"Date,USD,CNY\n" + b"2026-01-02,1.1,7.8\n" * 2)),
        Hostile(
            "rates-columns-twice.csv", writing.plain(b"Date,USD/CNY,USD/CNY\n2026-01-02,7.1,7.2\n")
        ),
        Hostile("rates-huge.csv", writing.plain(b"Date,USD/CNY\n2026-01-02,999999999999999999\n")),
        Hostile("rates-zero.csv", writing.plain(b"Date,USD/CNY\n2026-01-02,0\n")),
        Hostile("rates-negative.csv", writing.plain(b"Date,CNY/USD\n2026-01-02,-1\n")),
        Hostile("rates.csv", writing.plain(b"Date,USD,CNY\n2026-01-02,1.1,7.8\n")),
        Hostile("empty.csv", writing.plain(b""), harmful=True),
        Hostile("one-byte.csv", writing.plain(b"x")),
        Hostile("one-line-end.csv", writing.plain(b"\n"), harmful=True),
        Hostile("one-quote.csv", writing.plain(b'"')),
        Hostile("only-a-mark.csv", writing.plain(b"\xef\xbb\xbf")),
        Hostile("honest.csv", writing.plain(ORDERS + ROW * 3)),
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
        Hostile(f"{kind}.{suffix}", writing.plain(content), harmful=True)
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
        Hostile(f"name-{number}", writing.plain(content), filename=name)
        for number, name in enumerate(NAMES)
    ]


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
