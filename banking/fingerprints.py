"""By what a line is known again, in whatever file it comes a second time."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from banking.reading.structure import Line

NOT_TELLING = re.compile(r"[\W_]+")
# "0000000000" is no reference.
TELLING = re.compile(r"[1-9A-Za-z]")


def fingerprint(line: Line) -> str:
    """A hash of day, amount and currency, and of the bank's reference where there is one.

    Reports of a day, advices and statements of one bank give the same entry with the same reference
    and other words around it. Without a reference the words, the payer and the time of day count.
    """
    parts = [line.booked_on.isoformat(), f"{line.amount.normalize():f}", line.currency]
    if has_reference(line):
        parts += ["reference", line.bank_reference, line.own_reference]
    else:
        parts += ["words", line.own_reference, line.payee_reference, line.clock]
        parts += map(_folded, (line.counterparty_account, line.counterparty_name, line.remittance))
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def has_reference(line: Line) -> bool:
    return bool(TELLING.search(line.bank_reference))


def label(line: Line) -> str:
    """What tells lines of one fingerprint apart across files: the balance that the bank gives after
    each, where it gives neither a reference nor a time of day. "" where nothing does."""
    if line.balance_after is None or has_reference(line) or line.clock:
        return ""
    return f"{line.balance_after.normalize():f}"


def _folded(said: str) -> str:
    return NOT_TELLING.sub("", unicodedata.normalize("NFKC", said)).casefold()
