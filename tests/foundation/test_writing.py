from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tables import writing
from foundation.tables.errors import TableError
from foundation.tables.escaping import escape_cell, unescape_cell
from foundation.tables.source import open_table
from foundation.tables.writing import Sheet, csv_lines, write_csv, write_xlsx
from tests.shared_data import shared

DANGEROUS = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1",
    "＝1+1", "＋1", "－1-x", "＠SUM(1)", "'=1", '=HYPERLINK("http://x.test")', "{=1}", "http://x.test",
]  # fmt: skip


def csv_of(rows) -> bytes:
    out = io.BytesIO()
    write_csv(out, ["a", "b"], rows)
    return out.getvalue()


def xlsx_of(*sheets: Sheet) -> io.BytesIO:
    out = io.BytesIO()
    write_xlsx(out, sheets)
    out.seek(0)
    return out


def test_csv_starts_with_a_mark_and_ends_lines_for_excel():
    assert csv_of([["订单", 1]]) == "\ufeffa,b\r\n订单,1\r\n".encode()


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_csv_starts_a_formula(text):
    cells = list(csv.reader(io.StringIO(csv_of([[text, "x"]]).decode("utf-8-sig"), newline="")))[1]
    assert cells[0][0] not in "=+-@\t\r\n＝＋－＠"
    assert unescape_cell(cells[0]) == text


def test_headers_are_escaped_too():
    assert b"'=evil" in b"".join(csv_lines(["=evil"], []))


def test_numbers_stay_numbers_even_as_text():
    content = csv_of([[Decimal("-12.50"), "-12.50"], [-3, "+86"], [Decimal("1E+3"), "-1,234.5"]])
    assert content.decode("utf-8-sig").splitlines()[1:] == [
        "-12.50,-12.50",
        "-3,+86",
        '1000,"-1,234.5"',
    ]


@given(st.text())
def test_the_escape_can_always_be_undone(text):
    assert unescape_cell(escape_cell(text)) == text


@given(st.text(alphabet="'=+-@\t1x＝"))
def test_the_escape_can_always_be_undone_near_its_edge(text):
    assert unescape_cell(escape_cell(text)) == text


def test_naughty_strings_make_the_round_trip():
    strings = json.loads(shared("edge-inputs", "naughty-strings", "blns.json").read_text())
    table = open_table(io.BytesIO(csv_of([[n, text] for n, text in enumerate(strings)])))
    assert [unescape_cell(row[1]) for _line, row in table.rows()] == strings


def test_dates_and_moments_in_csv(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    moment = dt.datetime(2026, 9, 5, 6, 8, tzinfo=dt.UTC)
    assert b"2026-09-05,2026-09-05 14:08:00\r\n" in csv_of([[dt.date(2026, 9, 5), moment]])


def test_csv_comes_in_parts():
    parts = list(csv_lines(["a"], ([n] for n in range(writing.LINES_AT_ONCE * 3))))
    assert len(parts) >= 3
    assert b"".join(parts).count(b"\r\n") == writing.LINES_AT_ONCE * 3 + 1


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(text):
    book = xlsx_of(Sheet("Orders", ["=a"], [[text]]))
    with zipfile.ZipFile(book) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml
    assert open_table(book).preview() == [(2, [text])]


def test_workbook_values_keep_their_type():
    rows: list[list[object]] = [
        [
            Decimal("-1234.50"),
            "123456789012345678",
            123456789012345678,
            dt.date(2026, 9, 5),
            True,
            None,
        ]
    ]
    book = xlsx_of(Sheet("Orders", list("abcdef"), rows))
    with zipfile.ZipFile(book) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2" s="' in xml
    assert "<v>-1234.5</v>" in xml
    ((_line, values),) = open_table(book).preview()
    assert values == [
        "-1234.5",
        "123456789012345678",
        "123456789012345678",
        "2026-09-05",
        "TRUE",
        "",
    ]


def test_a_moment_is_written_in_the_parks_zone(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    book = xlsx_of(Sheet("x", ["at"], [[dt.datetime(2026, 9, 5, 16, 8, tzinfo=dt.UTC)]]))
    assert open_table(book).preview() == [(2, ["2026-09-06 00:08:00"])]


def test_totals_are_exact_and_below():
    rows: list[list[object]] = [["A", Decimal("0.10")], ["B", Decimal("0.20")], ["C", None]]
    book = xlsx_of(Sheet("x", ["ref", "amount"], rows, totals=frozenset({1})))
    assert open_table(book).preview()[-1][1][1] == "0.3"


def test_the_header_is_frozen_and_filterable():
    with zipfile.ZipFile(xlsx_of(Sheet("x", ["a", "b"], [["1", "2"]]))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A1:B2"/>' in xml


def test_sheet_names_are_made_fit():
    titles = ["a/b:c", "A b c", "x" * 40, "", "'"]
    book = xlsx_of(*[Sheet(title, ["h"], [["1"]]) for title in titles])
    names = open_table(book).sheets
    assert len({name.casefold() for name in names}) == len(titles)
    assert max(map(len, names)) <= 31


def test_more_rows_than_excel_holds(monkeypatch):
    monkeypatch.setattr(writing, "XLSX_MAX_ROWS", 3)
    with pytest.raises(TableError) as refused:
        xlsx_of(Sheet("x", ["a"], ([n] for n in range(4))))
    assert refused.value.code == "too_many_rows"
