"""Days and amounts in the forms of banks' tables, judged column by column and never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from banking.reading.reasons import of_table, unreadable
from banking.reading.structure import Unreadable
from banking.reading.tables.header import currency_of
from banking.reading.tables.words import SIGNS
from foundation.tables.errors import TableError
from foundation.tables.values import DateOrder, DecimalSign, parse_date, parse_decimal

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär maer", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt",
         "nov", "dec dez"), 1,
    )
    for name in names.split()
}  # fmt: skip
NAMED_MONTH = re.compile(r"(\d{1,2})[ .\-/]*([^\W\d]{3,9})[ .\-/]*(\d{4}|\d{2})", re.IGNORECASE)
PARTS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?=$|\s)", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
CLOCK_SHORT = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
LONE_SIGN = re.compile(r"[.,](\d+)\D*$")
CODE = re.compile(r"^\s*([A-Za-z]{3})\s*(?=[\d+\-.(])|(?<=[\d)])\s*([A-Za-z]{3})\s*$")
COUNTRY_AFTER = re.compile(r"\([A-Z]{2}\)$")


class Days:
    """How this file writes days: which of day and month comes first, and the year it leaves out."""

    def __init__(self, cells: Iterable[str], order: DateOrder | None, above: str = "") -> None:
        self._cells = [cell for cell in map(_narrow, cells) if cell]
        self._order = order or self._seen()
        self._last = _month_of(above)

    def _seen(self) -> DateOrder | None:
        """What the days themselves prove: a part above 12, or dots, which only put the day first."""
        found = [each for each in map(PARTS.match, self._cells) if each]
        if any(int(each[1]) > 12 or each[2] == "." for each in found):
            return DateOrder.DAY_FIRST
        if any(int(each[3]) > 12 for each in found):
            return DateOrder.MONTH_FIRST
        return None

    def day(self, said: str, place: int) -> date:
        """Raises Unreadable (``not_a_day``, ``day_order_open``, ``no_such_date`` …)."""
        plain = _narrow(said)
        try:
            return self._day(plain, said)
        except TableError as error:
            if error.code == "not_a_date":
                raise unreadable("not_a_day", place=place, value=said) from None
            raise Unreadable(of_table(error)) from None

    def _day(self, plain: str, said: str) -> date:
        if named := NAMED_MONTH.match(plain):
            month = MONTHS.get(named[2].casefold()[:3])
            if month:
                return _made(_year(named[3]), month, int(named[1]), said)
        parts = PARTS.match(plain)
        if not parts:
            return parse_date(plain)
        first, second = int(parts[1]), int(parts[3])
        if parts[4] is None:
            return self._without_year(first, second, said)
        if self._order is None and first != second:
            raise unreadable("day_order_open", value=said)
        day, month = (
            (first, second) if self._order is not DateOrder.MONTH_FIRST else (second, first)
        )
        return _made(_year(parts[4]), month, day, said)

    def _without_year(self, month: int, day: int, said: str) -> date:
        """ "12/29" on a bill of January belongs to the year before."""
        if self._last is None:
            raise unreadable("not_a_day", place=0, value=said)
        year, until = self._last
        return _made(year if month <= until else year - 1, month, day, said)


def _month_of(above: str) -> tuple[int, int] | None:
    found = re.search(r"(\d{4})\s*[年/-]\s*(\d{1,2})(?:月|\b)", above)
    return (int(found[1]), int(found[2])) if found else None


def _year(said: str) -> int:
    return int(said) if len(said) == 4 else 2000 + int(said)


def _made(year: int, month: int, day: int, said: str) -> date:
    return parse_date(f"{year:04d}-{month:02d}-{day:02d}")


def clock_of(said: str) -> str:
    """The time of day in a cell, "" where there is none or it is midnight sharp."""
    plain = _narrow(said)
    found = CLOCK.search(plain) or (CLOCK_SHORT.fullmatch(plain))
    if not found:
        return ""
    clock = ":".join((part or "0").zfill(2) for part in found.groups())
    return "" if clock == "00:00:00" else clock


class Amounts:
    """How this file writes amounts: which sign stands before decimals."""

    def __init__(self, cells: Iterable[str]) -> None:
        self._sign = _sign_in(cells)

    def amount(self, said: str, place: int) -> tuple[Decimal, str]:
        """The amount and the currency written beside it, if any. Raises Unreadable."""
        plain = COUNTRY_AFTER.sub("", _narrow(said)).lstrip("'")
        code = CODE.search(plain)
        currency = currency_of(code[1] or code[2]) if code else ""
        currency = currency or next((c for sign, c in SIGNS.items() if sign in plain), "")
        # A currency of the past has no code any more and is left out by hand.
        if code and not currency:
            plain = CODE.sub("", plain)
        for sign in "+-":
            plain = plain.replace(f"{sign} ", sign)
        try:
            return parse_decimal(plain, decimal_sign=self._sign_of(plain)), currency
        except TableError as error:
            if error.code == "not_a_number":
                raise unreadable("not_an_amount", place=place, value=said) from None
            raise Unreadable(of_table(error)) from None

    def _sign_of(self, plain: str) -> DecimalSign | None:
        """A dot before two last digits means decimals, even in a file of commas."""
        both = "." in plain and "," in plain
        return None if both or self._sign is None else self._sign


def _sign_in(cells: Iterable[str]) -> DecimalSign | None:
    """The sign that is proven: the last of two, or a lone one not before three digits."""
    votes = {".": 0, ",": 0}
    for cell in cells:
        plain = _narrow(cell)
        found = LONE_SIGN.search(plain)
        if not found:
            continue
        sign = plain[found.start()]
        other = "," if sign == "." else "."
        if other in plain or len(found[1]) != 3:
            votes[sign] += 1
    if votes["."] and votes[","]:
        return None
    return "." if votes["."] else "," if votes[","] else None


def _narrow(said: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", said).split())
