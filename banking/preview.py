"""What of a file is shown before its lines are taken: each statement, and its first lines."""

from __future__ import annotations

from typing import Any

from banking.keeping import Sorted, told
from banking.models import BankAccount
from banking.reading.structure import Balance, Line, Statement
from foundation.money import format_money
from foundation.text import UNSTORABLE

MOST_STATEMENTS, MOST_LINES = 12, 10
LONGEST = 80


def preview_of(found: Sorted) -> list[dict[str, Any]]:
    return [
        _statement(said, account) for _place, said, account in found.statements[:MOST_STATEMENTS]
    ]


def _statement(said: Statement, account: BankAccount) -> dict[str, Any]:
    return {
        "account": str(account),
        "number": "/".join(filter(None, (said.number, said.page)))[:LONGEST],
        "opening": _balance(said.opening),
        "closing": _balance(said.closing),
        "lines": len(said.booked),
        "first": [_line(line) for line in said.booked[:MOST_LINES]],
        "remarks": told(said.remarks),
    }


def _balance(balance: Balance | None) -> str:
    return format_money(balance.amount, balance.currency) if balance else ""


def _line(line: Line) -> list[str]:
    cells = [
        line.booked_on.isoformat(),
        format_money(line.amount, line.currency),
        line.counterparty_name,
        line.own_reference or line.payee_reference or line.bank_reference,
        line.remittance,
    ]
    return [UNSTORABLE.sub("", cell)[:LONGEST] for cell in cells]
