"""Files that cannot be read as they are: a sentence with row and column, and nothing kept."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from foundation.errors import InvalidInput
from foundation.tables.encodings import EncodingUndecided
from foundation.tables.errors import TableError
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import HEADER, lines
from trade import operations
from trade.models import Order, OrderImport

ROW = "1,A,x,1,2011-02-01 10:00:00,2.00,,EIRE"
CHINESE = "1,A,红茶,1,2011-02-01 10:00:00,2.00,,EIRE"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_tell_themselves(encoding, import_orders):
    done = import_orders(lines(ROW, CHINESE).decode().encode(encoding))
    assert done.result["inserted"] == 2


def test_an_encoding_is_asked_for_and_never_guessed(import_orders):
    content = lines(CHINESE).decode().encode("gb18030")
    with pytest.raises(EncodingUndecided) as undecided:
        import_orders(content)
    assert {"gb18030"} <= {found.encoding for found in undecided.value.judgement.candidates}
    assert not Order.objects.exists()
    done = import_orders(content, encoding="gb18030")
    assert (done.encoding, done.result["inserted"]) == ("gb18030", 1)


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_line_ends(end, import_orders):
    assert import_orders(lines(ROW).decode().replace("\n", end).encode()).result["inserted"] == 1


def test_line_breaks_inside_a_cell(import_orders):
    done = import_orders(
        lines('1,A,"two\nlines, and ""quotes""",1,2011-02-01 10:00:00,2.00,,EIRE', "2,A")
    )
    assert done.result["inserted"] == 1
    assert b"4@" in done.rejected_document.path.read_bytes()  # the row starts on line 4 of the file


MISSING = HEADER.replace(",Quantity", ",Number")
DOUBLE = HEADER.replace("CustomerID", "Quantity")


@pytest.mark.parametrize(
    ("content", "code", "mentions"),
    [
        (lines(ROW, header=MISSING), "missing_columns", "Quantity"),
        (lines(ROW, header=DOUBLE), "double_column", "Quantity"),
        (b"\n", "empty", ""),
        (b"%PDF-1.7 nothing", "not_a_table", ""),
        (lines(ROW, '2,A,"never closed,1,2011-02-01 10:00:00,2.00,,EIRE'), "quote_not_closed", "3"),
        (lines(ROW, header=HEADER + ",x" * 16_384), "too_many_columns", "16"),
    ],
)
def test_each_is_refused_in_both_languages_and_nothing_stays(
    content, code, mentions, import_orders
):
    with pytest.raises(TableError) as refused:
        import_orders(content)
    assert refused.value.code == code
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert mentions in str(refused.value)
            assert "%(" not in str(refused.value)
    assert not Order.objects.exists()


def test_a_double_column_that_is_not_used_disturbs_nobody(import_orders):
    assert import_orders(lines(ROW + ",x,y", header=HEADER + ",note,note")).result["inserted"] == 1


def test_a_workbook(import_orders):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Orders")
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["=1+1", "A", "x", 1, "2011-02-01 10:00", 2.5, "", "EIRE"])
        sheet.write_formula(1, 4, '="2011-02-01 10:00"', None, "2011-02-01 10:00")
    done = import_orders(file.getvalue())
    assert (done.result["inserted"], done.sheet, done.delimiter) == (1, "Orders", "")


def test_the_command_fails_loudly_and_keeps_nothing(owner, enterprise, tmp_path, capsys):
    path = tmp_path / "orders.csv"
    path.write_bytes(lines(ROW, header=MISSING))
    arguments = [
        "import_orders",
        "--tenant",
        enterprise.slug,
        "--mapping",
        "online-retail",
        str(path),
    ]
    with pytest.raises(CommandError, match="Quantity"):
        call_command(*arguments)
    with pytest.raises(SystemExit) as ended:
        call_command(*arguments, "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"] == "missing_columns"
    with enter_tenant(enterprise.pk):
        assert not OrderImport.objects.exists()


@pytest.mark.parametrize("wrong", [{"--tenant": "nobody"}, {"--mapping": "nothing"}])
def test_the_command_names_what_it_does_not_know(wrong, owner, enterprise, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(lines(ROW))
    asked = {"--tenant": enterprise.slug, "--mapping": "online-retail"} | wrong
    with pytest.raises(CommandError, match=next(iter(wrong.values()))):
        call_command("import_orders", *(word for pair in asked.items() for word in pair), str(path))


def test_an_empty_file_is_refused_at_upload(as_owner):
    with pytest.raises(InvalidInput):
        operations.upload_orders(
            actor=as_owner, now=timezone.now(), file=BytesIO(b""), name="x.csv"
        )


def test_the_check_says_what_the_import_would(as_owner, import_orders):
    now = timezone.now()
    content = lines(ROW, "2,A,x,one,2011-02-01 10:00:00,2.00,,Narnia", "3,A,x,1,2011-02-01,0,,EIRE")
    uploaded = operations.upload_orders(
        actor=as_owner, now=now, file=BytesIO(content), name="x.csv"
    )
    mapping = operations.adopt_preset(actor=as_owner, now=now, name="online-retail")
    operations.read_import_as(actor=as_owner, now=now, order_import=uploaded, mapping=mapping)
    uploaded.refresh_from_db()
    check = operations.check_import(actor=as_owner, now=now, order_import=uploaded)
    assert (check.rows_read, check.sale_lines, check.skipped, check.rejected) == (3, 1, 1, 1)
    told = [(problem.reason, problem.first_line) for problem in check.problems]
    assert told == [("not_a_number:quantity", 3), ("zero_price", 4)]
    assert check.unmapped_countries == ["Narnia"]
    assert len(check.first_rows) == 3
    assert not Order.objects.exists()
    assert import_orders(content).result["inserted"] == 1
