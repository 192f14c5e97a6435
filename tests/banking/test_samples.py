"""Every real sample: it is read or refused with a sentence, and equals the parse beside it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from banking.reading.door import read_file
from banking.reading.structure import Hints, Line, Reading, Unreadable
from tests.banking import expected
from tests.shared_data import root, shared

FOLDER = ("bank-statements",)
PARSES = (".yml", ".ledger", ".pydata")
# What stands for "none" or "see field 86" in the place of a reference.
WORDS_FOR_NONE = ("NONREF", "NOREF", "NOTPROVIDED", "EREF", "PREF", "MARF")


def files(*endings: str) -> list[Path]:
    folder = root().joinpath(*FOLDER)
    if not folder.exists():
        return []
    found = sorted(each for each in folder.rglob("*") if each.is_file())
    return [each for each in found if not endings or each.suffix in endings]


def named(path: Path) -> str:
    return str(path.relative_to(root().joinpath(*FOLDER)))


def read(path: Path, **hints: Any) -> Reading | None:
    try:
        return read_file(path.read_bytes(), Hints(**{"currency": "CNY", **hints}))
    except Unreadable as refusal:
        said = str(refusal).strip()
    assert said, path
    return None


def lines_of(reading: Reading | None) -> list[Line]:
    return [line for each in (reading.everything if reading else []) for line in each.lines]


def test_no_file_raises_and_each_is_read_or_told_why() -> None:
    shared(*FOLDER)
    tried = Counter[str]()
    for path in files():
        found = read(path)
        tried["refused" if found is None else "read"] += 1
        for aside in found.set_aside if found else []:
            assert str(aside.reason).strip(), path
            tried["set aside"] += 1
        assert found is None or found.statements or found.set_aside, path
    assert tried["read"] > 100, tried


@pytest.mark.parametrize("path", files(".pydata"), ids=named)
def test_camt_equals_the_parse_beside_it(path: Path) -> None:
    currency, account, statements = expected.pydata(path)
    found = read(path.with_name(path.stem.replace("golden-camt", "test-camt")))
    assert found is not None
    assert len(found.everything) >= len(statements)
    for wanted, got in zip(statements, found.everything, strict=False):
        assert (got.account, got.currency, got.identity) == (account, currency, wanted["name"])
        for end, balance in (("balance_start", got.opening), ("balance_end_real", got.closing)):
            assert float(balance.amount if balance else 0) == wanted[end]
        assert len(got.lines) == len(wanted["transactions"])
        for row, line in zip(wanted["transactions"], got.lines, strict=True):
            assert_row(row, line)


def assert_row(row: dict[str, Any], line: Line) -> None:
    assert float(line.amount) == row["amount"]
    assert str(line.booked_on) == row["date"]
    assert line.counterparty_account == (row.get("account_number") or "")
    assert line.counterparty_name == (row.get("partner_name") or "")
    assert line.transaction_code == (row.get("transaction_type") or "")
    references = (line.own_reference, line.payee_reference, line.bank_reference)
    wanted = row.get("ref") or ""
    assert wanted in ("", "/", *WORDS_FOR_NONE) or wanted in references


@pytest.mark.parametrize("path", files(".yml"), ids=named)
def test_mt940_equals_the_parse_beside_it(path: Path) -> None:
    wanted = expected.yml(path)
    statement = path.with_suffix(".sta")
    if not statement.exists():
        # One parse lies there without its file.
        return
    found = read(statement)
    rows = [each["data"] for each in wanted.get("transactions") or [] if "date" in each["data"]]
    assert sorted(map(key_of_row, rows)) == sorted(map(key_of_line, lines_of(found)))
    assert_references(rows, lines_of(found))
    assert_balances(wanted.get("data") or {}, found)


def key_of_row(row: dict[str, Any]) -> tuple[Any, ...]:
    amount = expected.amount(row["amount"])
    # The parse signs no reversals: RC takes money out, RD brings it in.
    if row["status"] in ("RC", "RD"):
        amount = abs(amount) * (-1 if row["status"] == "RC" else 1)
    return expected.day(row["date"]), amount, row.get("bank_reference") or ""


def key_of_line(line: Line) -> tuple[Any, ...]:
    return line.value_on, line.amount, line.bank_reference


def assert_references(rows: list[dict[str, Any]], lines: list[Line]) -> None:
    said = {line.own_reference for line in lines}
    for row in rows:
        reference = row.get("end_to_end_reference") or row.get("customer_reference") or ""
        plain = " ".join(reference.split())
        assert plain in ("", *WORDS_FOR_NONE) or plain in said


def assert_balances(data: dict[str, Any], found: Reading | None) -> None:
    """The parse keeps the last statement's balances."""
    for name, end in (("final_opening_balance", "opening"), ("final_closing_balance", "closing")):
        if name in data and found is not None:
            balances = [getattr(each, end) for each in found.everything]
            wanted = expected.amount(data[name]["amount"]), expected.day(data[name]["date"])
            assert wanted in [(each.amount, each.on) for each in balances if each]


# Whose side of each entry is the statement's account; wallets pay from several.
OWN = {
    "abc_debit": "Assets:ABC:DebitCard",
    "bocom_credit": "Liabilities:BOCOM:CreditCard",
    "bocom_debit": "Assets:DebitCard:BOCOM",
    "cgb_credit": "Liabilities:CGB:CreditCard",
    "citic-credit": "Liabilities:CreditCard:CITIC",
    "cmb-credit": "Liabilities:CreditCard:CMB",
    "cmb-debit": "Assets:DebitCard:CMB",
}
NOTES_OF_REFERENCES = ("orderId", "merchantId", "logNumber")


@pytest.mark.parametrize("path", files(".ledger"), ids=named)
def test_chinese_tables_equal_the_parse_beside_them(path: Path) -> None:
    stem = path.stem.removesuffix("-expected")
    source = next(path.parent.glob(f"{stem}-records.[cx][sl][vs]"))
    found = read(source)
    assert found is not None
    left = lines_of(found)
    for entry in expected.ledger(path):
        line = next((each for each in left if is_of(entry, each, OWN.get(stem))), None)
        if line is None:
            # Between the pockets of a wallet: set aside, and its amount is in the row kept.
            amounts = {str(abs(number)) for _account, number in entry["postings"]}
            assert any(n in each.raw for each in found.set_aside for n in amounts), entry
            continue
        left.remove(line)
        assert_notes(entry["notes"], line)


def is_of(entry: dict[str, Any], line: Line, own: str | None) -> bool:
    if entry["on"] not in (line.booked_on, line.value_on):
        return False
    if own:
        return line.amount == sum(n for account, n in entry["postings"] if account == own)
    # What a wallet charges for a withdrawal is an entry of two.
    numbers = [number for _account, number in entry["postings"] if number > 0]
    return abs(line.amount) in (sum(numbers), numbers[0])


def assert_notes(notes: dict[str, str], line: Line) -> None:
    references = (line.bank_reference, line.own_reference)
    for name in NOTES_OF_REFERENCES:
        said = notes.get(name, "").strip()
        assert said in ("", "/") or said in references, (name, said)
    if "balance" in notes:
        assert str(line.balance_after) == notes["balance"]
