"""SWIFT MT940 (statement) and MT942 (report in the course of a day), by the library mt-940.

The library is given one statement at a time: what it cannot read is set aside with its text, and
the other statements of the file go on. Its ``parse`` is not used, because it takes a text that is
the name of a file for that file.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
from mt940.models import Transactions

from banking.reading.checks import remark, what_is_wrong
from banking.reading.mt_lines import line_of
from banking.reading.reasons import reason, unreadable
from banking.reading.structure import Balance, Hints, Reading, Reason, SetAside, Statement
from foundation.money import format_money

# What the library refuses is told by our own sentences; its log would hold payers' names.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

BLOCK = re.compile(r"(?m)^(?=[ \t]*:20:)")
# The end of a message, and what may follow it: trailer blocks, the next message's header.
END = re.compile(r"(?m)^[ \t]*-\s*(?:\}.*)?$|^\{\d:.*$")
ENVELOPE = re.compile(r"\{2:[IO](\d{3})")
TAG = re.compile(r"(?m)^:(\d\d[A-Z]?):")
OPENING = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
CLOSING = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
FAILURES = (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
MOST_RAW = 20_000
# "EUR" after a domestic account number; an IBAN's end is digits.
CURRENCY_AT_END = re.compile(r"(?<=\d)[A-Z]{3}$")


def is_mt(text: str) -> bool:
    """Whether the text holds fields of SWIFT at the beginning of its lines."""
    return bool(TAG.search(text) or ENVELOPE.search(text))


def read(text: str, hints: Hints) -> Reading:
    """All statements of the text. Raises Unreadable where none is a statement."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\0", "").replace("{4:", "{4:\n")
    # What stands after a statement's end belongs to none, and is told rather than lost.
    parts = (part for block in BLOCK.split(text) for part in END.split(block))
    blocks = [part for part in parts if TAG.search(part)]
    if not blocks or not any(TAGS_OF_STATEMENTS & set(TAG.findall(each)) for each in blocks):
        raise _refusal(text)
    reading = Reading("MT940")
    seen: set[str] = set()
    for place, block in enumerate(blocks, 1):
        told = " ".join(block.split())
        if told in seen:
            reading.remarks.append(reason("statement_twice", number=place))
            continue
        seen.add(told)
        _take(reading, block, place, hints)
    return reading


TAGS_OF_STATEMENTS = frozenset(
    {"25", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M", "64", "90C", "90D"}
)


def _refusal(text: str) -> Exception:
    kinds = ENVELOPE.findall(text)
    kind = next((each for each in kinds if each not in ("940", "942", "950")), "")
    return unreadable("swift_other", kind=f"MT{kind}") if kind else unreadable("no_statement")


def _take(reading: Reading, block: str, place: int, hints: Hints) -> None:
    tags = set(TAG.findall(block))
    if "34F" in tags or ("13D" in tags and not tags & {"60F", "60M"}):
        reading.kind = "MT942"
    statement: Statement | None = None
    try:
        parsed = _parsed(block)
        statement = _statement(parsed, hints)
        problem = _problem(parsed, statement)
    except FAILURES as error:
        problem = getattr(error, "reason", None) or reason("swift_broken", value=_told(error))
    if problem is None and statement is not None:
        remark(statement)
        reading.statements.append(statement)
    else:
        assert problem is not None
        reading.set_aside.append(SetAside(problem, statement, block[:MOST_RAW], place))


def _parsed(block: str) -> Transactions:
    parsed = Transactions(options=mt940.Options.all())
    parsed.parse(block)
    return parsed


def _told(error: Exception) -> str:
    """The text that did not fit: the library's errors end with it."""
    return str(error.args[-1]) if error.args else ""


def _problem(parsed: Transactions, statement: Statement) -> Reason | None:
    if not statement.account and (statement.lines or statement.opening or statement.closing):
        return reason("swift_fragment")
    for balance in filter(None, (statement.opening, statement.closing)):
        if not balance.currency.isalpha():
            return reason("balance_without_currency", value=balance.currency)
    return what_is_wrong(statement) or _totals(parsed, statement)


def _totals(parsed: Transactions, statement: Statement) -> Reason | None:
    """MT942 states the sums of its debits and credits (fields 90D and 90C)."""
    for key, sign in (("sum_debit_entries", -1), ("sum_credit_entries", 1)):
        stated = parsed.data.get(key)
        if stated is None or stated.currency != statement.currency:
            continue
        made = sum((n.amount for n in statement.lines if n.amount * sign > 0), Decimal(0)) * sign
        if made != abs(stated.amount):
            currency = statement.currency
            return reason(
                "totals_differ",
                stated=format_money(abs(stated.amount), currency),
                sum=format_money(made, currency),
                difference=format_money(abs(stated.amount) - made, currency),
            )
    return None


def _statement(parsed: Transactions, hints: Hints) -> Statement:
    data: dict[str, Any] = parsed.data
    account = (data.get("account_identification") or "").strip()
    at_end = CURRENCY_AT_END.search(account)
    opening, closing = _balance(data, OPENING), _balance(data, CLOSING)
    said = opening or closing
    statement = Statement(
        account=account.removesuffix(at_end.group()) if at_end else account,
        identity=(data.get("transaction_reference") or "").strip(),
        number=(data.get("statement_number") or "").lstrip("0"),
        page=(data.get("sequence_number") or "").lstrip("0"),
        opening=opening,
        closing=closing,
        first_on=opening.on if opening else None,
        last_on=closing.on if closing else None,
    )
    statement.currency = (
        (said.currency if said else "")
        or (parsed.currency or "")
        or (at_end.group() if at_end else hints.currency)
    )
    statement.lines = [
        line_of(each.data, statement.currency, place)
        for place, each in enumerate(parsed.transactions, 1)
        if "amount" in each.data
    ]
    return statement


def _balance(data: dict[str, Any], names: tuple[str, ...]) -> Balance | None:
    found = next((data[name] for name in names if name in data), None)
    if found is None:
        return None
    return Balance(found.amount.amount, found.amount.currency, _plain(found.date))


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)
