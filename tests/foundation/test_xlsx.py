from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from foundation.tables import xlsx_reader
from foundation.tables.errors import TableError
from foundation.tables.source import open_table
from foundation.tables.xlsx_reader import Limits, column_letters, judge_archive
from tests.foundation import workbooks
from tests.shared_data import shared


def refusal(source, **options) -> TableError:
    with pytest.raises(TableError) as refused:
        open_table(source, **options)
    return refused.value


def test_rows_keep_their_numbers_and_blank_ones_are_left_out():
    table = open_table(workbooks.written([["a", "b"], [], ["1", "x\ny"], [None, ""], ["2", "z"]]))
    assert (table.kind, table.headers) == ("xlsx", ["a", "b"])
    assert table.preview() == [(3, ["1", "x\ny"]), (5, ["2", "z"])]


def test_values_come_as_text_without_loss():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, list("abcdefgh"))
    sheet.write_datetime(1, 0, dt.datetime(2026, 9, 5), day)
    sheet.write_datetime(1, 1, dt.datetime(2026, 9, 5, 14, 8, 1), moment)
    sheet.write_boolean(1, 2, True)
    sheet.write_number(1, 3, 123456789012345)
    sheet.write_number(1, 4, 0.1 + 0.2)
    sheet.write_number(1, 5, 1e-7)
    sheet.write_formula(1, 6, "=1+1", None, 2)
    sheet.write_string(1, 7, "123456789012345678")
    book.close()
    ((_row, values),) = open_table(out).preview()
    assert values == [
        "2026-09-05", "2026-09-05 14:08:01", "TRUE", "123456789012345", "0.3", "0.0000001", "2",
        "123456789012345678",
    ]  # fmt: skip


def test_error_cells_and_lost_digits_are_remarked_with_row_and_column():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b", "c"])
    sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    sheet.write_number(2, 2, 123456789012345678)
    book.close()
    table = open_table(out)
    assert [(each.code, each.row, each.column) for each in table.warnings] == [
        ("cell_error", 2, "B"),
        ("digits_lost", 3, "C"),
    ]
    assert "E+" not in table.preview()[-1][1][2]


def test_the_sheet_can_be_chosen_and_the_first_visible_one_is_the_default():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name in ("Hidden", "Orders", "Notes"):
        book.add_worksheet(name).write_row(0, 0, [name, "x"])
    book.get_worksheet_by_name("Orders").activate()
    book.get_worksheet_by_name("Hidden").hide()
    book.get_worksheet_by_name("Orders").set_first_sheet()
    book.close()
    table = open_table(out)
    assert (table.sheet, table.sheets) == ("Orders", ["Hidden", "Orders", "Notes"])
    assert open_table(out, sheet="Notes").headers == ["Notes", "x"]
    assert refusal(out, sheet="None").code == "no_such_sheet"


def test_the_extension_does_not_matter():
    assert open_table(workbooks.written([["a", "b"]]), filename="orders.csv").kind == "xlsx"


def test_a_bomb_is_refused_by_its_directory_alone(monkeypatch):
    def no_child(*_args, **_kwargs):
        raise AssertionError("a child was started for a bomb")

    monkeypatch.setattr(xlsx_reader, "_run_child", no_child)
    by_size = workbooks.zeros(xlsx_reader.MAX_UNPACKED_BYTES + (1 << 20))
    assert len(by_size.getvalue()) < 1 << 20
    assert refusal(by_size).code == "bomb"
    by_ratio = workbooks.zeros(xlsx_reader.RATIO_FROM_BYTES + (1 << 20))
    assert refusal(by_ratio).code == "bomb"
    by_count = workbooks.raw("", {f"xl/media/{n}": b"" for n in range(xlsx_reader.MAX_ENTRIES)})
    assert refusal(by_count).code == "bomb"
    # The control: the same kind of file below the limits passes this judge.
    judge_archive(workbooks.zeros(1 << 20))


def test_entries_that_share_bytes_are_refused():
    content = workbooks.raw("<worksheet/>", {"xl/a.xml": b"x" * 5000}).getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first, last = archive.infolist()[0], archive.infolist()[-1]
    directory = content.rindex(last.filename.encode()) - 4
    overlapping = bytearray(content)
    overlapping[directory : directory + 4] = first.header_offset.to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(overlapping))) as archive:
        assert archive.infolist()[-1].header_offset == first.header_offset
    with pytest.raises(TableError) as refused:
        judge_archive(io.BytesIO(bytes(overlapping)))
    assert refused.value.code == "bomb"
    judge_archive(io.BytesIO(content))


def test_a_directory_that_lies_about_a_size_is_refused():
    assert (
        refusal(workbooks.lying(30_000_000), limits=Limits(memory_bytes=400 << 20)).code
        == "unreadable"
    )


def test_nested_archives_are_refused():
    inner = workbooks.written([["a"]]).getvalue()
    error = refusal(workbooks.raw("", {"xl/embeddings/inner.xlsx": inner}))
    assert (error.code, error.params["name"]) == ("nested_archive", "xl/embeddings/inner.xlsx")


@pytest.mark.parametrize(
    ("entry", "code"),
    [("orders.csv", "not_a_workbook"), ("content.xml", "ods"), ("xl/workbook.bin", "xlsb")],
)
def test_other_archives_get_their_own_sentence(entry, code):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "x")
    assert refusal(out).code == code


def test_a_truncated_workbook():
    content = workbooks.written([["a", "b"]]).getvalue()
    assert refusal(io.BytesIO(content[: len(content) // 2])).code == "unreadable"


def test_16384_columns_are_refused_naming_the_cell():
    rows = [[f"c{n}" for n in range(16_384)]]
    error = refusal(workbooks.written(rows))
    assert (error.code, error.row, error.column) == ("column_too_far", 1, "AAA")


def test_three_cells_far_apart_do_not_cost_the_space_between():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    error = refusal(workbooks.raw(workbooks.sheet_xml(far)))
    assert (error.code, error.row, error.column) == ("column_too_far", 1_048_576, "XFD")
    tall = far.replace("XFD", "ZZ")
    assert refusal(workbooks.raw(workbooks.sheet_xml(tall))).code == "memory"


def test_a_stated_dimension_is_not_believed():
    xml = workbooks.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    lying = xml.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert open_table(workbooks.raw(lying)).headers == ["1"]


def test_too_many_rows():
    error = refusal(workbooks.numbers(12), limits=Limits(rows=10))
    assert (error.code, error.params["max_rows"]) == ("too_many_rows", 10)
    assert len(open_table(workbooks.numbers(11), limits=Limits(rows=10)).preview(20)) == 10


def test_memory_is_limited_and_the_control_reads():
    book = workbooks.numbers(60_000, 20)
    assert refusal(book, limits=Limits(memory_bytes=64 << 20)).code == "memory"
    assert sum(1 for _row in open_table(book).rows()) == 59_999


def test_time_is_limited():
    assert refusal(workbooks.numbers(150_000, 20), limits=Limits(seconds=1)).code == "too_slow"


def test_xml_attacks_inside_a_workbook_are_refused():
    refused = 0
    for path in sorted(shared("edge-inputs", "xml-attacks").glob("*.xml")):
        content = path.read_bytes()
        if b"<!DOCTYPE" in content:
            error = refusal(workbooks.raw("<worksheet/>", {"xl/sharedStrings.xml": content}))
            assert error.code == "doctype", path.name
            refused += 1
    assert refused >= 6


def test_real_workbooks_open():
    with open_table(
        shared("warehouse-logistics", "brunel-logistics", "Supply-chain-logistics-problem.xlsx")
    ) as table:
        assert len(table.sheets) > 1
        assert table.preview(3)
    error = refusal(shared("warehouse-logistics", "openboxes", "locations.xls"))
    assert error.code == "old_xls"


def test_column_letters():
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
