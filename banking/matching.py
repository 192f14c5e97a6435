"""Which of the park's accounts a statement is of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from banking.models import BankAccount
from banking.reading.reasons import reason
from banking.reading.structure import WHOLE_STATEMENTS, Reason, Statement

NOT_NUMBER = re.compile(r"[^0-9A-Z@]+")
# A part of a number says nothing when it is shorter.
SHORTEST_PART = 6
LONG = 10
HIDDEN = re.compile(r"[*Xx]{2,}")
ADVICES = WHOLE_STATEMENTS | {"camt.052", "camt.054", "MT942"}


def plain_number(said: str) -> str:
    return NOT_NUMBER.sub("", said.upper())


def account_of(
    statement: Statement, kind: str, accounts: Sequence[BankAccount], chosen: BankAccount | None
) -> BankAccount | Reason:
    """The account, or why there is none: it is not known, or is not the one that was chosen."""
    said = plain_number(statement.account)
    fitting = [each for each in accounts if is_of(said, plain_number(each.number))]
    if not fitting:
        if chosen is None:
            return (
                reason("account_unknown", account=statement.account)
                if said
                else reason("no_account")
            )
        if _names_another(statement.account, kind):
            return reason("account_other", account=statement.account, chosen=chosen)
        fitting = [chosen]
    in_currency = [each for each in fitting if each.currency == statement.currency]
    if not in_currency:
        return reason("account_currency", account=fitting[0], currency=statement.currency)
    if chosen in in_currency:
        return chosen
    return in_currency[0]


def is_of(said: str, number: str) -> bool:
    """The same number, or one with the bank's code before it, as in an IBAN."""
    shorter, longer = sorted((said, number), key=len)
    return said == number or (len(shorter) >= SHORTEST_PART and longer.endswith(shorter))


def _names_another(said: str, kind: str) -> bool:
    """Whether the file names an account of its own in full: a nickname or stars do not."""
    digits = sum(letter.isdigit() for letter in said)
    return bool(said) and not HIDDEN.search(said) and (kind in ADVICES or digits >= LONG)
