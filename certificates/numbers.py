"""The number of a certificate: prefix, year, serial, and a character that tells slips of the pen.

``PC-2026-7KQ4M2XN-5``. The serial is drawn and not counted, so it tells nobody how many there
are; the last character is that of ISO 7064 MOD 37,36 over all before it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.iso7064 import mod_37_36

from foundation.numbers import LENGTH, SYMBOLS, drawn

PREFIX = "PC"
FORM = re.compile(rf"{PREFIX}(\d{{4}})([{SYMBOLS}]{{{LENGTH}}})([0-9A-Z])")
LONGEST_TYPED = 60


class NotANumber(ValueError):
    """What was typed does not have the form of our numbers."""


class MistypedNumber(ValueError):
    """It has the form, and its last character does not fit the others."""


def new_number(on: date) -> str:
    """A number that nobody has; its last character is one that is not taken for another."""
    while True:
        body = f"{PREFIX}{on:%Y}{drawn()}"
        check = mod_37_36.calc_check_digit(body)
        if check in SYMBOLS:
            return written(body + check)


def read_number(typed: str) -> str:
    """The number as it is printed, of whatever spacing, width and case it was typed in.

    Raises NotANumber, MistypedNumber.
    """
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    plain = re.sub(r"[^0-9A-Z]", "", plain)
    if not FORM.fullmatch(plain):
        raise NotANumber
    if not mod_37_36.is_valid(plain):
        raise MistypedNumber
    return written(plain)


def written(plain: str) -> str:
    year, serial, check = FORM.fullmatch(plain).groups()  # type: ignore[union-attr]
    return f"{PREFIX}-{year}-{serial}-{check}"
