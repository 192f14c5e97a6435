"""OFX and QFX, versions 1 (SGML, values without a closing tag) and 2 (XML).

Read as a row of tags, which is what both have in common; entities of a document type are never
looked at. FITID is the bank's reference of a line (OFX 2.2, section 11.4.4).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from banking.reading.camt_entries import MOST_TEXT
from banking.reading.checks import remark, what_is_wrong
from banking.reading.reasons import of_table, unreadable
from banking.reading.structure import (
    Balance,
    Hints,
    Line,
    Reading,
    SetAside,
    Statement,
    Unreadable,
)
from foundation.tables.errors import TableError
from foundation.tables.values import parse_decimal

TAG = re.compile(r"<(/?)([A-Za-z0-9._]{1,40})>([^<]*)")
DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
CLOCK = re.compile(r"\d{8}(\d\d)(\d\d)(\d\d)", re.ASCII)
STATEMENTS = frozenset({"STMTRS", "CCSTMTRS"})
HEAD = re.compile(r"\A\s*(?:OFXHEADER\s*:|(?:<\?xml[^>]*\?>\s*)?<\?OFX\b|<OFX>)", re.IGNORECASE)
MOST_RAW = 20_000


@dataclass
class _Found:
    """What stands in one statement: its own values by path, and those of each movement."""

    values: dict[str, str] = field(default_factory=dict)
    movements: list[dict[str, str]] = field(default_factory=list)


def is_ofx(text: str) -> bool:
    return bool(HEAD.search(text[:2000]))


def read(text: str, hints: Hints) -> Reading:
    """Raises Unreadable where no statement of a bank or card account is inside."""
    found = _statements(text)
    if not found:
        raise unreadable("no_statement")
    reading = Reading("OFX")
    for place, each in enumerate(found, 1):
        statement = Statement()
        try:
            _fill(statement, each, hints)
            problem = what_is_wrong(statement)
        except Unreadable as error:
            problem = error.reason
        if problem is None:
            remark(statement)
            reading.statements.append(statement)
        else:
            reading.set_aside.append(SetAside(problem, statement, str(each)[:MOST_RAW], place))
    return reading


def _statements(text: str) -> list[_Found]:
    found: list[_Found] = []
    group = ""
    for closing, name, said in TAG.findall(text):
        name, said = name.upper(), html.unescape(said).strip()
        if closing:
            group = "" if name == group or name in STATEMENTS else group
        elif name in STATEMENTS:
            found.append(_Found())
        elif found and name == "STMTTRN":
            found[-1].movements.append({})
            group = name
        elif found and not said and name in ("LEDGERBAL", "AVAILBAL", "BANKACCTTO", "CCACCTTO"):
            group = name
        elif found and said:
            held = found[-1].movements[-1] if group == "STMTTRN" else found[-1].values
            held.setdefault(f"{group}.{name}" if group not in ("", "STMTTRN") else name, said)
    return found


def _fill(statement: Statement, found: _Found, hints: Hints) -> None:
    values = found.values
    statement.account = values.get("ACCTID", "").replace(" ", "")
    statement.currency = (values.get("CURDEF", "") or hints.currency).upper()[:3]
    statement.first_on = _day(values.get("DTSTART", ""))
    statement.last_on = _day(values.get("DTEND", ""))
    statement.lines = [
        _line(each, statement.currency, place) for place, each in enumerate(found.movements, 1)
    ]
    if "LEDGERBAL.BALAMT" in values:
        amount = _amount(values["LEDGERBAL.BALAMT"], 0)
        on = _day(values.get("LEDGERBAL.DTASOF", ""))
        statement.closing = Balance(amount, statement.currency, on)


def _line(found: dict[str, str], currency: str, place: int) -> Line:
    said = found.get("DTPOSTED", "")
    on = _day(said)
    if on is None:
        raise (
            unreadable("not_a_day", place=place, value=said)
            if said
            else unreadable("no_day", place=place)
        )
    if "TRNAMT" not in found:
        raise unreadable("no_amount", place=place)
    clock = CLOCK.match(said)
    return Line(
        booked_on=on,
        value_on=_day(found.get("DTAVAIL", "")),
        amount=_amount(found["TRNAMT"], place),
        currency=found.get("CURSYM", currency).upper()[:3],
        bank_reference=found.get("FITID", ""),
        own_reference=found.get("CHECKNUM", "") or found.get("REFNUM", ""),
        counterparty_name=found.get("NAME", ""),
        remittance=found.get("MEMO", "")[:MOST_TEXT],
        transaction_code=found.get("TRNTYPE", ""),
        clock=":".join(clock.groups()) if clock and set("".join(clock.groups())) != {"0"} else "",
        place=place,
    )


def _amount(said: str, place: int) -> Decimal:
    try:
        return parse_decimal(said)
    except TableError as error:
        if error.code == "number_ambiguous":
            raise Unreadable(of_table(error)) from None
        if not place:
            raise unreadable("balance_not_a_number", value=said) from None
        raise unreadable("not_an_amount", place=place, value=said) from None


def _day(said: str) -> date | None:
    found = DAY.match(said)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
