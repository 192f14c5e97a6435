"""From rows below a header to lines: direction, references, and what is no movement at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from banking.reading.reasons import reason, unreadable
from banking.reading.structure import Hints, Line, Reason, SetAside, Unreadable
from banking.reading.tables.cells import Amounts, Days, clock_of
from banking.reading.tables.header import Header, currency_of
from banking.reading.tables.words import (
    CLOSED_WORDS,
    COMES_IN,
    GOES_OUT,
    IN_WORDS,
    MONEY_BACK,
    NEUTRAL_WORDS,
    OUT_WORDS,
    PENDING_WORDS,
    folded,
)

MOST_TEXT = 1000
MOST_RAW = 2000
BLANKS = frozenset({"", "/", "--", "-", "nan", "null"})
MARKS = frozenset({"cr", "dr"})
IN, OUT, NEUTRAL = (frozenset(map(folded, each)) for each in (IN_WORDS, OUT_WORDS, NEUTRAL_WORDS))
# Columns that hold a card's charges as positive amounts.
CARD_AMOUNTS = frozenset(map(folded, ("入账金额", "入账币种/金额")))

# More digits than letters, as days and amounts have and sentences do not.
DAY_LIKE = re.compile(r"\W*\d{1,4}\D{0,4}[\w\W]{0,3}\d")
AMOUNT_LIKE = re.compile(r"[^\w]*(?:[A-Za-z]{3})?\s*[^\w]*\d")

Row = tuple[int, Sequence[str]]


@dataclass
class Found:
    """Lines by account, rows set aside, and how many rows were left out and why."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    aside: list[SetAside] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def remarks(self) -> list[Reason]:
        return [reason(code, count=count) for code, count in self.left_out.items()]


class Rows:
    """The rows below one header."""

    def __init__(self, header: Header, rows: Sequence[Row], hints: Hints) -> None:
        self._header, self._hints = header, hints
        self._rows = rows
        money = [
            self._cell(row, role) for _n, row in rows for role in ("amount", "credit", "debit")
        ]
        self._amounts = Amounts(money)
        days = [self._cell(row, role) for _n, row in rows for role in ("booked_on", "value_on")]
        self._days = Days(days, hints.date_order, header.above)
        self._balances = Amounts(money + [self._cell(row, "balance") for _n, row in rows])
        self._mark = self._find_marks()
        self._is_card = self._looks_like_card()
        self._has_minus = any("-" in cell or "(" in cell for cell in money)
        self._out_is_negative = self._out_has_minus()

    def read(self) -> Found:
        found = Found()
        last: tuple[str, Line] | None = None
        for place, row in self._rows:
            if last is not None and self._goes_on(row):
                last = (last[0], self._prolonged(last[1], row))
                found.lines[last[0]][-1] = last[1]
                continue
            try:
                line = self._line(place, row, found.left_out)
            except Unreadable as error:
                found.aside.append(SetAside(error.reason, None, _raw(row), place))
                last = None
                continue
            if line is not None:
                account = self._account(row)
                found.lines.setdefault(account, []).append(line)
                last = (account, line)
        return found

    def _cell(self, row: Sequence[str], role: str) -> str:
        place = self._header.columns.get(role)
        said = row[place].strip() if place is not None and place < len(row) else ""
        return "" if said.casefold() in BLANKS else said

    def _account(self, row: Sequence[str]) -> str:
        return self._cell(row, "account").replace(" ", "") or self._header.account

    def _line(self, place: int, row: Sequence[str], left_out: Counter[str]) -> Line | None:
        day = self._cell(row, "booked_on") or self._cell(row, "value_on")
        money = [self._cell(row, role) for role in ("amount", "credit", "debit")]
        if why := self._no_movement(row, day, money):
            left_out[why] += 1
            return None
        if not any(money):
            raise unreadable("no_amount", place=place)
        amount, currency = self._signed(row, place)
        on = self._days.day(day, place)
        value = self._cell(row, "value_on")
        return Line(
            booked_on=on,
            value_on=self._days.day(value, place) if value else None,
            amount=amount,
            currency=self._currency(row, currency),
            bank_reference=self._cell(row, "bank_reference")[:140],
            own_reference=self._cell(row, "own_reference")[:140],
            counterparty_name=self._cell(row, "counterparty_name")[:140],
            counterparty_account=self._cell(row, "counterparty_account").replace(" ", "")[:64],
            remittance=self._cell(row, "remittance")[:MOST_TEXT],
            transaction_code=self._cell(row, "kind")[:70],
            balance_after=self._balance(row),
            clock=clock_of(self._cell(row, "clock") or day),
            place=place,
        )

    def _no_movement(self, row: Sequence[str], day: str, money: list[str]) -> str:
        """Why a row is no movement: a footer, announced only, or closed without a payment."""
        if folded(day) in PENDING_WORDS:
            return "pending_left_out"
        status = self._cell(row, "status").casefold()
        if any(word in status for word in CLOSED_WORDS):
            return "closed_left_out"
        if folded(status) in PENDING_WORDS:
            return "pending_left_out"
        if self._is_day(day) or any(map(self._is_amount, money)):
            return ""
        return "rows_left_out"

    def _is_day(self, said: str) -> bool:
        """Whether it is meant as a day: one that is no day of the calendar is, too."""
        return bool(DAY_LIKE.match(said))

    def _is_amount(self, said: str) -> bool:
        return bool(AMOUNT_LIKE.match(said))

    def _goes_on(self, row: Sequence[str]) -> bool:
        """Whether the row is more text of the one above: it has neither a day nor an amount."""
        asked = ("booked_on", "value_on", "amount", "credit", "debit")
        return bool(self._cell(row, "remittance")) and not any(self._cell(row, r) for r in asked)

    def _prolonged(self, line: Line, row: Sequence[str]) -> Line:
        said = f"{line.remittance} {' '.join(self._cell(row, 'remittance').split())}"
        return replace(line, remittance=said.strip()[:MOST_TEXT])

    def _signed(self, row: Sequence[str], place: int) -> tuple[Decimal, str]:
        if "amount" not in self._header.columns or not self._cell(row, "amount"):
            return self._of_two_columns(row, place)
        amount, currency = self._amounts.amount(self._cell(row, "amount"), place)
        if "direction" in self._header.columns:
            return self._directed(row, amount, place), currency
        if self._mark is not None:
            mark = folded(row[self._mark]) if self._mark < len(row) else ""
            return (-abs(amount) if (mark or self._unmarked()) == "dr" else abs(amount)), currency
        if self._is_card:
            back = not self._has_minus and MONEY_BACK.search(" ".join(row))
            return (amount if back else -amount), currency
        return amount, currency

    def _of_two_columns(self, row: Sequence[str], place: int) -> tuple[Decimal, str]:
        sides = {}
        currency = ""
        for role in ("credit", "debit"):
            if said := self._cell(row, role):
                sides[role], currency = self._amounts.amount(said, place)
        credit, debit = sides.get("credit", Decimal(0)), sides.get("debit", Decimal(0))
        if credit and debit:
            raise unreadable("both_sides", place=place)
        return credit - (abs(debit) if self._out_is_negative else debit), currency

    def _directed(self, row: Sequence[str], amount: Decimal, place: int) -> Decimal:
        said = folded(self._cell(row, "direction"))
        if said in IN:
            return amount
        if said in OUT:
            return -abs(amount) if self._out_is_negative else -amount
        if said not in NEUTRAL:
            raise unreadable("no_direction", place=place)
        kind = " ".join(filter(None, (self._cell(row, "kind"), self._cell(row, "remittance"))))
        if COMES_IN.search(kind):
            return abs(amount)
        if GOES_OUT.search(kind):
            return -abs(amount)
        if amount < 0:
            return amount
        raise unreadable("between_pockets", place=place)

    def _currency(self, row: Sequence[str], beside: str) -> str:
        said = currency_of(self._cell(row, "currency"))
        return said or beside or self._header.currency or self._hints.currency

    def _balance(self, row: Sequence[str]) -> Decimal | None:
        said = self._cell(row, "balance")
        try:
            return self._balances.amount(said, 0)[0] if said else None
        except Unreadable:
            return None

    def _find_marks(self) -> int | None:
        """A column without a name that holds CR or DR and nothing else, as British banks have."""
        for place in self._header.spare:
            said = {folded(row[place]) for _n, row in self._rows if place < len(row)} - {""}
            if said and said <= MARKS:
                return place
        return None

    def _unmarked(self) -> str:
        """What a row without a mark is: the one that is never written."""
        mark = self._mark or 0
        said = {folded(row[mark]) for _n, row in self._rows if mark < len(row)}
        return "dr" if "cr" in said else "cr"

    def _looks_like_card(self) -> bool:
        columns = self._header.columns
        if "balance" in columns or "amount" not in columns:
            return False
        name = folded(self._header.names[columns["amount"]])
        return "card" in columns or name in CARD_AMOUNTS or "信用卡" in self._header.above

    def _out_has_minus(self) -> bool:
        """Whether money out stands with a minus as well, as some banks write it twice."""
        columns = self._header.columns
        if "direction" in columns:
            said = [
                self._cell(row, "amount")
                for _n, row in self._rows
                if folded(self._cell(row, "direction")) in OUT
            ]
        else:
            said = [self._cell(row, "debit") for _n, row in self._rows]
        said = [each for each in said if each and each.strip("0.,-") != ""]
        return bool(said) and all("-" in each or "(" in each or "−" in each for each in said)


def _raw(row: Sequence[str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in row if cell.strip())[:MOST_RAW]
