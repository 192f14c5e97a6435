from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

from foundation.tables.normalise import (
    ColumnRule,
    CopyStream,
    Kind,
    Normaliser,
    sentences_of,
)
from foundation.tables.source import open_table
from foundation.tables.values import DateOrder
from tests import databases
from tests.foundation import workbooks
from tests.shared_data import shared

RULES = [
    ColumnRule("ref", source=0, required=True, max_length=10),
    ColumnRule("quantity", Kind.INTEGER, 1, decimal_sign="."),
    ColumnRule("price", Kind.DECIMAL, 2, decimal_sign="."),
    ColumnRule("ordered_at", Kind.MOMENT, 3, required=True),
    ColumnRule("currency", constant="GBP"),
]
HEADER = "ref,quantity,price,ordered\n"


def normalised(text: str, rules=RULES) -> tuple[list[list[str]], Normaliser]:
    work = Normaliser(open_table(io.BytesIO(text.encode())), rules)
    data = b"".join(chunk.data for chunk in work.chunks()).decode()
    return [line.split("\t") for line in data.splitlines()], work


def test_cells_leave_in_one_form():
    lines, work = normalised(
        HEADER
        + 'A1,"1,200","1,234.5",2026年9月5日\nA2,3,￥2.50,2026/9/5 14:08\n,,,\nA3,,,20260905\n'
    )
    assert lines == [
        ["2", "\\N", "A1", "1200", "1234.5", "2026-09-05 00:00:00", "GBP"],
        ["3", "\\N", "A2", "3", "2.50", "2026-09-05 14:08:00", "GBP"],
        ["5", "\\N", "A3", "\\N", "\\N", "2026-09-05 00:00:00", "GBP"],
    ]
    assert work.rows == 3
    assert work.columns == (
        "line_no",
        "problem",
        "ref",
        "quantity",
        "price",
        "ordered_at",
        "currency",
    )
    assert work.findings == {}


def test_problems_stand_beside_their_row_and_are_counted():
    lines, work = normalised(
        HEADER
        + "A1,x,1e5,2026-02-31\nA2,1.5,2,05/09/2026\n,1,2,2026-09-05\nA4,x,1,2026-09-05\n"
        + "A5,1\nA6,1,2,2026-09-05,extra\nA234567890123,1,2,2026-09-05\n"
    )
    assert [line[1] for line in lines] == [
        "not_a_number:quantity;number_shortened:price;no_such_date:ordered_at",
        "not_whole:quantity;date_ambiguous:ordered_at",
        "blank:ref",
        "not_a_number:quantity",
        "too_few_cells:",
        "too_many_cells:",
        "too_long:ref",
    ]
    finding = work.findings["not_a_number", "quantity"]
    assert (finding.count, finding.first_line, finding.example) == (2, 2, "x")
    assert "quantity" in str(finding)


def test_a_problem_becomes_sentences_with_the_readers_names():
    text = sentences_of("not_a_number:quantity;too_few_cells:;unknown:x", {"quantity": "Qty"})
    assert text == "Qty is not a number. The row has fewer cells than the header. unknown:x"


def test_cells_beside_the_header_are_notes_in_a_workbook():
    book = workbooks.written([["ref"], ["A1", "a note"], ["A2"]])
    work = Normaliser(open_table(book), [ColumnRule("ref", source=0)])
    assert b"".join(chunk.data for chunk in work.chunks()) == b"2\t\\N\tA1\n3\t\\N\tA2\n"


def test_year_last_follows_the_mapping():
    rules = [ColumnRule("on", Kind.DATE, 0, date_order=DateOrder.DAY_FIRST)]
    lines, _work = normalised("on,b\n05/09/2026,1\n", rules)
    assert lines[0][2] == "2026-09-05"


def test_our_own_escape_is_undone():
    lines, _work = normalised("text,b\n'=1+1,1\n''=x,2\n'plain,3\n", [ColumnRule("text", source=0)])
    assert [line[2] for line in lines] == ["=1+1", "'=x", "'plain"]


def test_caches_may_overflow(monkeypatch):
    monkeypatch.setattr("foundation.tables.normalise.CACHED_VALUES", 3)
    text = "n,b\n" + "".join(f"{n if n % 7 else 'bad'},1\n" for n in range(2000))
    lines, work = normalised(text, [ColumnRule("n", Kind.INTEGER, 0)])
    assert work.findings["not_a_number", "n"].count == len([n for n in range(2000) if n % 7 == 0])
    assert [line[2] for line in lines if line[1] == "\\N"] == [str(n) for n in range(2000) if n % 7]


@contextlib.contextmanager
def temporary_tables() -> Iterator[Any]:
    """A real PostgreSQL, without the portal's tables."""
    with (
        contextlib.closing(databases.connect_owner("postgres")) as connection,
        connection.cursor() as cursor,
    ):
        yield cursor


def copied(text: str, rules) -> list[tuple]:
    """The rows after a real COPY by PostgreSQL."""
    work = Normaliser(open_table(io.BytesIO(text.encode("utf-8"))), rules)
    columns = ", ".join(f"{name} text" for name in work.columns)
    with temporary_tables() as cursor:
        cursor.execute(f"CREATE TEMP TABLE staged ({columns})")
        cursor.copy_expert("COPY staged FROM STDIN", CopyStream(work.chunks()), size=100)
        cursor.execute("SELECT * FROM staged ORDER BY line_no::int")
        return cursor.fetchall()


def test_awkward_characters_survive_copy():
    awkward = [
        "tab\there",
        "line\nbreak",
        "cr\rhere",
        "back\\slash",
        "\\N",
        "\\.",
        "\x1dx\x1ey\x1fz",
        "保温杯",
        "a\x1f",
    ]
    text = "t,n\n" + "".join(f'"{value}",1\n' for value in awkward)
    rows = copied(text, [ColumnRule("t", source=0), ColumnRule("n", source=1)])
    # strip() takes the separators of ASCII for white space at an end.
    assert [row[2] for row in rows] == [value.strip() for value in awkward]
    assert {row[3] for row in rows} == {"1"}
    assert {row[1] for row in rows} == {None}


def test_a_row_with_a_zero_byte_is_a_problem_and_the_rest_goes_on():
    # Few enough zero bytes that UTF-16 is no explanation.
    text = "t,n\nA,1\nB\0C,2\nD,3\n" + "E,4\n" * 50
    rows = copied(text, [ColumnRule("t", source=0)])
    assert [row[1:] for row in rows[:3]] == [(None, "A"), ("zero_byte:", "BC"), (None, "D")]


def test_naughty_strings_survive_copy():
    strings = json.loads(shared("edge-inputs", "naughty-strings", "blns.json").read_text())
    quoted = [value.replace('"', '""') for value in strings]
    text = "t,n\n" + "".join(f'"{value}",1\n' for value in quoted)
    rows = copied(text, [ColumnRule("t", source=0), ColumnRule("n", source=1)])
    assert [row[2] or "" for row in rows] == [value.strip() for value in strings]


def test_values_cast_in_a_typed_table():
    work = Normaliser(
        open_table(io.BytesIO((HEADER + "A1,1,2.5,2026-09-05\nA2,x,y,z\n").encode())), RULES
    )
    with temporary_tables() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE typed (line_no int, problem text, ref text, quantity bigint, "
            "price numeric(20,6), ordered_at timestamp, currency char(3))"
        )
        cursor.copy_expert("COPY typed FROM STDIN", CopyStream(work.chunks()))
        cursor.execute("SELECT quantity, price, problem IS NULL FROM typed ORDER BY line_no")
        good, bad = cursor.fetchall()
    assert (good[0], str(good[1]), good[2]) == (1, "2.500000", True)
    assert bad == (None, None, False)
