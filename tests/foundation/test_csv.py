from __future__ import annotations

import csv
import io
import json
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from foundation.tables import encodings
from foundation.tables.csv_reader import MAX_FIELD_CHARS
from foundation.tables.errors import TableError
from foundation.tables.source import open_table
from tests.shared_data import shared


def table_of(text: str, **options):
    return open_table(io.BytesIO(text.encode()), **options)


def refusal(text: str, **options) -> TableError:
    with pytest.raises(TableError) as refused:
        list(table_of(text, **options).rows())
    return refused.value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_of_every_kind(end, last):
    text = end.join(["a,b", "1,2", "", "3,4"]) + (end if last else "")
    assert table_of(text).preview() == [(2, ["1", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    text = "\n".join(
        delimiter.join(row) for row in (["id", "name", "note"], ["1", "A", "x y"], ["2", "B", "z"])
    )
    table = table_of(text)
    assert table.delimiter == delimiter
    assert table.headers == ["id", "name", "note"]


def test_decimal_commas_do_not_win_against_semicolons():
    text = "Datum;Betrag;Text\n2026-09-05;1,50;a\n2026-09-06;2,75;b\n2026-09-07;3,10;c, d\n"
    assert table_of(text).delimiter == ";"


def test_the_hint_line_of_excel_is_followed_and_no_header():
    table = table_of("sep=;\na;b\n1;2\n")
    assert (table.headers, table.preview()) == (["a", "b"], [(3, ["1", "2"])])


def test_the_delimiter_can_be_chosen():
    assert table_of("a,b;c\n1,2;3\n", delimiter=";").headers == ["a,b", "c"]


def test_quoted_line_breaks_keep_the_line_of_the_record_start():
    table = table_of('a,b\n1,"x\ny\r\nz"\n2,w\n')
    assert table.preview() == [(2, ["1", "x\ny\r\nz"]), (5, ["2", "w"])]


def test_single_quotes_enclose_where_no_double_quote_does():
    assert table_of("'a','b'\n'1','x, y'\n'2','z'\n").preview(1) == [(2, ["1", "x, y"])]


def test_rows_of_nothing_but_delimiters_are_left_out():
    assert table_of("a,b\n,\n1,2\n,,\n").preview() == [(3, ["1", "2"])]


def test_headers_blank_or_double_are_named_and_remarked():
    table = table_of("id, ,id,name\n1,2,3,4\n")
    assert table.headers == ["id", "#2", "id (2)", "name"]
    assert [(each.code, each.column, each.row) for each in table.warnings] == [
        ("blank_header", "#2", 1),
        ("double_header", "id", 1),
    ]


def test_the_header_may_stand_lower():
    table = table_of("Statement of account\n\nid,amount\n1,2\n", delimiter=",", header_row=2)
    assert (table.headers, table.preview()) == (["id", "amount"], [(4, ["1", "2"])])


def test_too_many_columns():
    error = refusal(",".join(f"c{n}" for n in range(16_384)) + "\n")
    assert (error.code, error.row, error.params["columns"]) == ("too_many_columns", 1, 16_384)


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_rows(text):
    assert refusal(text).code == "empty"


def test_a_quote_never_closed_is_refused_and_names_its_row():
    error = refusal('a,b\n1,2\n3,"oops\n4,5\n6,7\n')
    assert (error.code, error.row) == ("quote_not_closed", 3)


def test_a_quoted_line_break_at_the_very_end_is_fine():
    assert table_of('a,b\n1,"x\ny"').preview() == [(2, ["1", "x\ny"])]


def test_a_field_of_monstrous_length():
    lines = "\n".join("x" * 1000 for _ in range(MAX_FIELD_CHARS // 1000 + 2))
    assert refusal(f'a,b\n1,"{lines}"\n').code == "field_too_long"


def test_an_endless_line_is_refused_without_reading_it_into_memory():
    size = encodings.CHUNK_BYTES * 40
    source = io.BytesIO(b"a,b\n" + b"x" * size)
    tracemalloc.start()
    with pytest.raises(TableError) as refused:
        open_table(source)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == "line_too_long"
    assert peak < 8 * encodings.CHUNK_BYTES


def test_memory_stays_flat_however_long_the_file(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("id,text\n" + "".join(f"{n},some words in a row\n" for n in range(200_000)))
    table = open_table(path)
    tracemalloc.start()
    count = sum(1 for _row in table.rows())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 2_000_000
    table.close()


def test_position_moves_from_start_to_end(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("id,text\n" + "1,some words\n" * 100_000)
    with open_table(path) as table:
        seen = [table.position for _batch in table.batches(10_000)]
    assert seen == sorted(seen)
    assert seen[0] < 0.5
    assert seen[-1] == 1.0


def test_a_table_reads_again_and_picks_rows_by_line():
    table = table_of("a,b\n1,2\n3,4\n5,6\n")
    assert list(table.rows()) == list(table.rows())
    assert list(table.rows_at([4, 2])) == [(2, ["1", "2"]), (4, ["5", "6"])]


def test_uploaded_files_of_django_in_memory_and_on_disk():
    content = "名,b\n1,2\n".encode()
    assert open_table(SimpleUploadedFile("x.csv", content)).headers == ["名", "b"]
    on_disk = TemporaryUploadedFile("x.csv", "text/csv", len(content), None)
    on_disk.write(content)
    assert open_table(on_disk).headers == ["名", "b"]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"%PDF-1.7\n", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"\x1f\x8b\x08\x00", "not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table>", "markup"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><a/>', "markup"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_other_kinds_are_told_by_their_bytes_whatever_the_name(start, code):
    with pytest.raises(TableError) as refused:
        open_table(io.BytesIO(start + bytes(64)), filename="orders.csv")
    assert refused.value.code == code


def test_a_wrong_extension_still_works():
    assert table_of("a,b\n1,2\n", filename="orders.xlsx").kind == "csv"


CSV_SPECTRUM = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
    "quotes_and_newlines", "simple", "simple_crlf", "utf8",
]  # fmt: skip


@pytest.mark.parametrize("case", CSV_SPECTRUM)
def test_csv_spectrum(case):
    folder = shared("edge-inputs", "csv-spectrum")
    expected = json.loads((folder / f"json__{case}.json").read_text())
    with open_table(folder / f"csvs__{case}.csv") as table:
        found = [dict(zip(table.headers, row, strict=True)) for _line, row in table.rows()]
    if case == "newlines_crlf":
        # Its JSON was written from \n; the CSV's \r\n is data here and is kept.
        found = [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in found]
        expected = [
            {key: value.replace("\r\n", "\n") for key, value in row.items()} for row in expected
        ]
    assert found == expected


def test_xml_attacks_are_refused_before_any_parser_sees_them():
    attacks = sorted(shared("edge-inputs", "xml-attacks").iterdir())
    assert len(attacks) >= 13
    for path in attacks:
        with pytest.raises(TableError) as refused:
            open_table(path, filename="orders.xlsx")
        assert refused.value.code == "markup", path.name


def test_naughty_strings_come_back_as_they_were():
    strings = json.loads(shared("edge-inputs", "naughty-strings", "blns.json").read_text())
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["id", "text"], *([n, text] for n, text in enumerate(strings))])
    table = table_of(out.getvalue())
    assert [row[1] for _line, row in table.rows()] == strings


def test_the_real_months_agree_with_the_csv_module():
    for path in sorted(shared("online-retail-uci").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as plain, open_table(path) as table:
            expected = list(csv.reader(plain))
            assert table.headers == expected[0]
            assert [row for _line, row in table.rows()] == expected[1:]
