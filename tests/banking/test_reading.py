"""Each format, and what is set aside of it and why, on files the tests write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banking.reading.door import read_file
from banking.reading.structure import Hints, Reading, Unreadable
from foundation.tables.values import DateOrder
from tests.banking.making import (
    IBAN,
    LAST,
    Fact,
    batch,
    camt,
    closing,
    fact,
    money,
    mt940,
    ofx,
    table,
    workbook,
)

TWO = [
    fact("12.50", 3, name="海河贸易", text="INV-7", reference="B1"),
    fact("-3.00", 4, text="Fee"),
]
EUR = Hints(currency="EUR")


def read(content: bytes | str, hints: Hints = EUR) -> Reading:
    return read_file(content.encode() if isinstance(content, str) else content, hints)


def told(content: bytes | str, hints: Hints = EUR) -> list[str]:
    return [each.reason.code for each in read(content, hints).set_aside]


def refusal(content: bytes | str, hints: Hints = EUR) -> str:
    with pytest.raises(Unreadable) as error:
        read(content, hints)
    assert str(error.value).strip()
    return error.value.code


def facts_of(reading: Reading) -> list[tuple[date, Decimal]]:
    return [(n.booked_on, n.amount) for each in reading.statements for n in each.lines]


WANTED = [(each.on, each.amount) for each in TWO]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (camt(TWO), "camt.053"),
        (camt(TWO, message="BkToCstmrAcctRpt", part="Rpt"), "camt.052"),
        (camt(TWO, message="BkToCstmrDbtCdtNtfctn", part="Ntfctn", balances=False), "camt.054"),
        (mt940(TWO).encode(), "MT940"),
        (mt940(TWO).replace("\r\n", "\n").encode("utf-8-sig"), "MT940"),
        (ofx(TWO).encode(), "OFX"),
        (table(TWO), "CSV"),
        (table(TWO, "utf-8-sig"), "CSV"),
        (table(TWO, "utf-16"), "CSV"),
        (table(TWO, above=["账单", "户名：海河园区", ""]), "CSV"),
        (workbook(TWO), "XLSX"),
    ],
)
def test_every_format_gives_the_same_lines(content, kind):
    found = read(content)
    assert (found.kind, found.set_aside) == (kind, [])
    assert facts_of(found) == WANTED


def test_camt_says_who_paid_what_for_with_which_reference():
    (statement,) = read(camt(TWO)).statements
    assert (statement.account, statement.currency, statement.number) == (IBAN, "EUR", "1")
    assert statement.opening is not None
    assert statement.closing is not None
    assert (statement.opening.amount, statement.closing.amount) == (Decimal(100), Decimal("109.50"))
    line = statement.lines[0]
    assert (line.counterparty_name, line.remittance, line.bank_reference) == (
        "海河贸易", "INV-7", "B1",
    )  # fmt: skip


def test_a_batch_is_split_where_the_sum_agrees():
    found = read(camt([], more=batch("30.00", "10.00", "20.00"), ends=Decimal("130.00")))
    (statement,) = found.statements
    found_lines = [(str(n.amount), n.own_reference) for n in statement.lines]
    assert found_lines == [("10.00", "E-1"), ("20.00", "E-2")]


def test_a_batch_whose_details_make_another_sum_stays_whole_and_says_so():
    found = read(camt([], more=batch("30.00", "10.00", "21.00"), ends=Decimal("130.00")))
    (statement,) = found.statements
    assert [n.amount for n in statement.lines] == [30]
    assert [each.code for each in statement.remarks] == ["batch_kept_whole"]


def test_a_reversal_goes_the_way_of_the_money():
    entry = (
        f"<Ntry>{money(Decimal('-9.00'))}<RvslInd>true</RvslInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{LAST}</Dt></BookgDt></Ntry>"
    )
    (line,) = read(camt([], more=entry, ends=Decimal("91.00"))).statements[0].lines
    assert line.amount == -9
    assert line.is_reversal
    swift = mt940([fact("-9.00")]).replace("D9,00", "RC9,00")
    (line,) = read(swift).statements[0].lines
    assert line.amount == -9
    assert line.is_reversal


def test_what_is_only_announced_is_no_line_of_the_balance():
    pending = (
        f"<Ntry>{money(Decimal('5.00'))}<Sts>PDNG</Sts><BookgDt><Dt>{LAST}</Dt></BookgDt></Ntry>"
    )
    (statement,) = read(camt(TWO, more=pending)).statements
    assert len(statement.booked) == len(TWO)
    assert [each.code for each in statement.remarks] == ["pending_left_out"]


@pytest.mark.parametrize("write", [camt, mt940])
def test_a_statement_that_does_not_add_up_is_set_aside_with_the_difference(write):
    found = read(write(TWO, ends=closing(TWO) + 1))
    (aside,) = found.set_aside
    assert aside.reason.code == "balance_differs"
    assert "EUR 1.00" in str(aside.reason)
    assert aside.statement is not None
    assert len(aside.statement.lines) == 2
    assert found.statements == []


def test_a_broken_statement_is_set_aside_and_the_rest_goes_on():
    broken = mt940(TWO).replace(":61:2604030403C12,50", ":61:nonsense")
    found = read(mt940(TWO) + broken + mt940(TWO[:1], number="2/1"))
    assert [each.reason.code for each in found.set_aside] == ["swift_broken"]
    assert "nonsense" in found.set_aside[0].raw
    assert len(found.statements) == 2


def test_a_statement_that_stands_twice_in_a_file_is_read_once():
    found = read(mt940(TWO) * 2)
    assert len(found.statements) == 1
    assert [each.code for each in found.remarks] == ["statement_twice"]


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("12.50<", "12..50<", "not_an_amount"),
        ("2026-04-03", "2026-02-30", "not_a_day"),
        ("CRDT</CdtDbtInd><Sts>", "NONE</CdtDbtInd><Sts>", "no_direction"),
        ('Ccy="EUR">12.50', 'Ccy="USD">12.50', "currencies_mixed"),
        (">12.50<", f">{10**16}<", "amount_too_long"),
    ],
)
def test_an_entry_that_cannot_be_leaves_its_statement_aside(wrong, right, code):
    content = camt(TWO).decode()
    assert wrong in content
    assert told(content.replace(wrong, right)) == [code]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"<?xml version='1.0'?><Document><a></Document>", "not_xml"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document>&a;</Document>", "doctype"),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'/>", "payment_order"),
        (b"<Document/>", "no_statement"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "no_statement"),
        (b"{1:F01X}{2:O1030000}{4:\n:20:A\n:32A:190425USD3700,\n-}", "swift_other"),
        (b"OFXHEADER:100\n<OFX></OFX>", "no_statement"),
        (b"first,second\n1,2\n", "no_header"),
        (b"2026-04-01,12.00,Somebody\n", "no_header"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"PK\x03\x04 damaged", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unreadable"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_in_words(content, code):
    assert refusal(content) == code


# -- tables of banks -------------------------------------------------------------------------------


def test_an_amount_with_a_sign_and_one_with_a_direction_are_read():
    signed = "Date;Description;Amount;Currency\n03.04.2026;Rent;-1.234,56;EUR\n"
    assert facts_of(read(signed)) == [(date(2026, 4, 3), Decimal("-1234.56"))]
    directed = "日期,收/支,金额\n2026-04-03,支出,¥12.00\n2026-04-04,收入,¥１，２３４．５０\n"
    found = [amount for _day, amount in facts_of(read(directed))]
    assert found == [-12, Decimal("1234.50")]


@pytest.mark.parametrize("debit", ["12.00", "-12.00"])
def test_money_out_is_out_whether_or_not_it_has_a_minus(debit):
    found = facts_of(read(f"Date,Debit,Credit\n2026-04-03,{debit},\n2026-04-04,,5.00\n"))
    assert [amount for _day, amount in found] == [-12, 5]


def test_a_wrong_row_is_set_aside_and_the_others_go_on():
    found = read("Date,Amount\n2026-04-03,1.00\n2026-04-04,12..3\nsoon,4.00\n2026-04-05,2.00\n")
    assert [amount for _day, amount in facts_of(found)] == [1, 2]
    assert [(n.reason.code, n.place) for n in found.set_aside] == [
        ("not_an_amount", 3), ("not_a_day", 4),
    ]  # fmt: skip


def test_a_row_on_both_sides_is_nobodys_guess():
    assert told("Date,Debit,Credit\n2026-04-03,1.00,2.00\n") == ["both_sides"]


def test_days_that_can_be_read_two_ways_wait_for_an_answer():
    content = "Date,Amount\n03/04/2026,1.00\n"
    assert told(content) == ["day_order_open"]
    for order, day in ((DateOrder.DAY_FIRST, (4, 3)), (DateOrder.MONTH_FIRST, (3, 4))):
        ((on, _amount),) = facts_of(read(content, Hints(currency="EUR", date_order=order)))
        assert (on.month, on.day) == day
    # One day of the file proves it.
    assert facts_of(read(content + "31/03/2026,1.00\n"))[0][0] == date(2026, 4, 3)


def test_what_closed_without_a_payment_and_what_waits_is_left_out_and_counted():
    found = read(
        "交易时间,收/支,金额,交易状态\n2026-04-03 10:00:00,支出,1.00,交易成功\n"
        "2026-04-03 11:00:00,支出,2.00,交易关闭\n2026-04-03 12:00:00,支出,3.00,等待付款\n"
    )
    assert [amount for _day, amount in facts_of(found)] == [-1]
    assert [each.code for each in found.remarks] == ["closed_left_out", "pending_left_out"]


def test_between_the_pockets_of_a_wallet_no_direction_is_made_up():
    found = read(
        "交易时间,交易类型,收/支,金额\n2026-04-03 10:00:00,零钱通转出-到零钱,/,5.00\n"
        "2026-04-03 11:00:00,零钱提现,/,2.00\n2026-04-03 12:00:00,商户退款,/,3.00\n"
    )
    assert [amount for _day, amount in facts_of(found)] == [-2, 3]
    assert [each.reason.code for each in found.set_aside] == ["between_pockets"]


def test_a_second_row_of_text_belongs_to_the_line_above():
    found = read("Date,Description,Amount\n2026-04-03,Card,1.00\n,Shop 17,\n2026-04-04,B,2.00\n")
    (statement,) = found.statements
    assert [line.remittance for line in statement.lines] == ["Card Shop 17", "B"]


def test_footers_are_left_out_and_counted():
    found = read("Date,Description,Amount\n2026-04-03,A,1.00\nTotal of all,,\n")
    assert len(facts_of(found)) == 1
    assert [each.code for each in found.remarks] == ["rows_left_out"]


def test_a_table_without_names_of_columns_takes_those_a_person_typed():
    rows = "03.04.2026;Rent;02.04.2026;-1,50;EUR\n04.04.2026;Fee;04.04.2026;-2,00;EUR\n"
    assert refusal(rows) == "no_header"
    names = ("Date", "Description", "Value date", "Amount", "Currency")
    (statement,) = read(rows, Hints(columns=names)).statements
    assert [(n.amount, n.remittance, n.currency) for n in statement.lines] == [
        (Decimal("-1.50"), "Rent", "EUR"), (Decimal("-2.00"), "Fee", "EUR"),
    ]  # fmt: skip
    assert statement.lines[0].value_on == date(2026, 4, 2)


def test_a_table_of_two_accounts_gives_two_statements():
    found = read("Date,Amount,Account\n2026-04-03,1.00,A-11\n2026-04-04,2.00,A-22\n")
    assert [each.account for each in found.statements] == ["A-11", "A-22"]


# -- whatever is written is read -------------------------------------------------------------------

WORDS = st.text(st.sampled_from("abc XYZ 019海河贸易&<>é-"), max_size=20).map(
    lambda said: " ".join(said.split())
)
FACTS = st.lists(
    st.builds(
        Fact,
        amount=st.decimals("-99999.99", "99999.99", places=2).filter(bool),
        on=st.dates(date(2026, 4, 1), LAST),
        name=WORDS,
        text=WORDS,
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_what_is_written_as_camt_is_read(facts):
    (statement,) = read(camt(facts)).statements
    found = [(n.booked_on, n.amount, n.counterparty_name, n.remittance) for n in statement.lines]
    assert found == [(each.on, each.amount, each.name, each.text) for each in facts]


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_what_is_written_as_mt940_and_ofx_is_read(facts):
    wanted = [(each.on, each.amount) for each in facts]
    assert facts_of(read(mt940([Fact(f.amount, f.on) for f in facts]))) == wanted
    assert facts_of(read(ofx(facts))) == wanted


@settings(max_examples=40, deadline=None)
@given(FACTS, st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"]))
def test_what_is_written_as_a_table_is_read(facts, encoding):
    assert facts_of(read(table(facts, encoding))) == [(each.on, each.amount) for each in facts]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["", "<Document>", ":20:A\n:25:B\n", "Date,Amount\n"])
)
def test_nothing_raises_but_a_refusal(noise, head):
    try:
        read(head.encode() + noise)
    except Unreadable as error:
        said = str(error)
        assert said


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2_000),
    st.binary(max_size=6),
    st.sampled_from([camt(TWO), mt940(TWO).encode(), ofx(TWO).encode(), table(TWO)]),
)
def test_a_file_damaged_anywhere_raises_nothing_else(place, noise, content):
    at = place % len(content)
    try:
        read(content[:at] + noise + content[at + len(noise) :])
    except Unreadable as error:
        said = str(error)
        assert said
