"""ISO 20022 camt.053 (statement), .052 (report in the course of a day) and .054 (advice).

Read by the names of elements, not by namespace: banks send versions 1 to 13, wrong namespaces and
none. Amounts have a direction of their own; a reversal's direction is that of the money (ISO 20022
message definition report, ``RvslInd``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from banking.reading.camt_entries import entry_lines
from banking.reading.camt_values import amount_of, day_of
from banking.reading.checks import remark, what_is_wrong
from banking.reading.reasons import reason, unreadable
from banking.reading.structure import Balance, Hints, Reading, SetAside, Statement, Unreadable
from banking.reading.xml_tree import text

# Message element -> (kind, element of one statement).
MESSAGES = {
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
VERSION = re.compile(r"V\d\d$")
ORDERS = re.compile(r"\b((?:pain|pacs|camt|acmt|auth|reda|remt|head)\.\d{3}(?:\.\d{3}\.\d\d)?)")
# First found wins: booked balances before expected and available ones.
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
MOST_RAW = 20_000


def is_camt(root: ET.Element) -> bool:
    return next(_messages(root), None) is not None


def read(root: ET.Element, data: bytes, hints: Hints) -> Reading:
    """All statements of the message. Raises Unreadable where there is none."""
    found = list(_messages(root))
    if not found:
        raise _refusal(data)
    reading = Reading(found[0][0])
    seen: set[tuple[str, ...]] = set()
    for kind, element in found:
        reading.kind = kind
        _take(reading, element, hints, seen)
    if not reading.statements and not reading.set_aside:
        raise unreadable("no_statement")
    return reading


def _messages(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    for message in root.iter():
        kind, name = MESSAGES.get(VERSION.sub("", message.tag), ("", ""))
        if kind:
            yield from ((kind, each) for each in message.findall(name))


def _refusal(data: bytes) -> Unreadable:
    found = ORDERS.search(data[:4096].decode("utf-8", "ignore"))
    if found and not found.group(1).startswith(("camt.052", "camt.053", "camt.054")):
        return unreadable("payment_order", kind=found.group(1))
    return unreadable("no_statement")


def _take(reading: Reading, element: ET.Element, hints: Hints, seen: set[tuple[str, ...]]) -> None:
    statement = Statement()
    try:
        _fill(statement, element, hints)
        problem = what_is_wrong(statement)
    except Unreadable as error:
        problem = error.reason
    key = (
        statement.account,
        statement.identity,
        statement.number,
        statement.page,
        str(statement.opening),
        str(statement.lines),
    )
    if key in seen:
        reading.remarks.append(reason("statement_twice", number=statement.identity))
        return
    seen.add(key)
    if problem is None:
        remark(statement)
        reading.statements.append(statement)
    else:
        raw = ET.tostring(element, encoding="unicode")[:MOST_RAW]
        reading.set_aside.append(SetAside(problem, statement, raw, len(seen)))


def _fill(statement: Statement, element: ET.Element, hints: Hints) -> None:
    account = element.find("Acct")
    statement.account = text(
        account, "Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC"
    ).replace(" ", "")
    statement.holder = text(account, "Ownr/Nm", "Nm")
    statement.currency = text(account, "Ccy").upper()
    statement.identity = text(element, "Id")
    statement.number = text(element, "ElctrncSeqNb", "LglSeqNb")
    statement.page = text(element, "StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb")
    _fill_balances(statement, element)
    statement.first_on = _frontier(element, "Fr") or (
        statement.opening.on if statement.opening else None
    )
    statement.last_on = _frontier(element, "To") or (
        statement.closing.on if statement.closing else None
    )
    for place, entry in enumerate(element.findall("Ntry"), 1):
        lines, remarks = entry_lines(entry, place, statement.account, hints)
        statement.lines += lines
        statement.remarks += remarks
    statement.currency = statement.currency or next(
        (each.currency for each in statement.lines), hints.currency
    )


def _frontier(element: ET.Element, end: str) -> date | None:
    return day_of(text(element, f"FrToDt/{end}DtTm", f"FrToDt/{end}Dt"))


def _fill_balances(statement: Statement, element: ET.Element) -> None:
    found: dict[str, list[Balance]] = {}
    for each in element.findall("Bal"):
        code = text(each, "Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry")
        found.setdefault(code, []).append(_balance(each))
    between = found.get("ITBD", [])
    opening = [b for code in OPENING for b in found.get(code, [])] or between[:1]
    closing = [b for code in CLOSING for b in found.get(code, [])] or between[1:]
    statement.opening = opening[0] if opening else None
    statement.closing = closing[-1] if closing else None
    if first := statement.opening or statement.closing:
        statement.currency = statement.currency or first.currency


def _balance(element: ET.Element) -> Balance:
    amount, currency = amount_of(element.find("Amt"))
    if amount is None:
        raise unreadable("balance_not_a_number", value=text(element, "Amt"))
    sign = Decimal(-1) if text(element, "CdtDbtInd") == "DBIT" else Decimal(1)
    return Balance(sign * amount, currency, day_of(text(element, "Dt/Dt", "Dt/DtTm")))
