"""Cells as numbers and dates, in the forms in which people and programs write them.

Nothing is guessed: where a text has two readings ("1,234", "05/09/2026") the mapping has to say
which is meant, or the cell is refused. Years have four digits. Numbers are exact (Decimal).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_lazy as _

from foundation.currencies import CODES
from foundation.errors import Sentence
from foundation.tables.errors import TableError

DecimalSign = Literal[".", ","]
MAX_INTEGER_DIGITS = 18
MAX_DECIMAL_PLACES = 12
MAX_CELL_CHARS = 64

# Chinese words of date, time and money, by code point: source files hold no Chinese.
YEAR, MONTH, DAY, YUAN = "\u5e74", "\u6708", "\u65e5", "\u5143"
HOUR, MINUTE, SECOND = "\u65f6", "\u5206", "\u79d2"
MORNING, AFTERNOON = "\u4e0a\u5348", "\u4e0b\u5348"

PLAIN_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)
ISO_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?", re.ASCII)
YEAR_FIRST = re.compile(
    rf"(\d{{4}})([-/.{YEAR}])(\d{{1,2}})(?:\2|{MONTH})(\d{{1,2}}){DAY}?(?:[ T]+|(?<={DAY})|$)(.*)",
    re.ASCII,
)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[ T]+|$)(.*)", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[ T]?(\d\d)(\d\d)(\d\d)?)?", re.ASCII)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
CLOCK = re.compile(
    rf"({MORNING}|{AFTERNOON})?\s*(\d{{1,2}})[:{HOUR}](\d{{1,2}})(?:[:{MINUTE}](\d{{1,2}}))?(?:[.,](\d{{1,9}}))?[{MINUTE}{SECOND}]?"
    r"\s*([AaPp][Mm])?\s*(Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
# Excel counts days from here (its 1900 has a 29 February, so day 1 is 31 December 1899).
EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - local time, as in the cell
MINUSES = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-"})
GROUP_MARKS = " '\u2019_"


class DateOrder(StrEnum):
    """In which order a numeric date with the year last is meant; YMD accepts no such date."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def parse_decimal(text: str, *, decimal_sign: DecimalSign | None = None) -> Decimal:
    """An exact number from ``1,234.56``, ``1.234,56``, ``1 234,56``, full-width digits, currency
    signs and codes, or parentheses for negatives.

    ``decimal_sign`` is what the mapping declares. Without it, a lone separator before exactly three
    digits has two readings and is refused. Raises TableError.
    """
    plain = text.strip()
    if PLAIN_NUMBER.fullmatch(plain) and (decimal_sign == "." or "." not in plain):
        return Decimal(plain)
    folded, negative = _without_sign_and_currency(text)
    if EXPONENT.fullmatch(folded):
        raise TableError(
            "number_shortened",
            _(
                "“%(value)s” is a number shortened by a spreadsheet; its digits are lost. "
                "Export it again in full."
            ),
            params={"value": text},
        )
    number = _ungrouped(folded, decimal_sign or _decimal_sign_in(folded, text), text)
    integer, _point, places = number.partition(".")
    if len(integer.lstrip("0")) > MAX_INTEGER_DIGITS or len(places) > MAX_DECIMAL_PLACES:
        raise _refused("number_too_long", _("“%(value)s” has too many digits."), text)
    return -Decimal(number) if negative else Decimal(number)


def parse_integer(text: str, *, decimal_sign: DecimalSign | None = None) -> int:
    """A whole number in any form of parse_decimal; ``6.0`` is whole. Raises TableError."""
    number = parse_decimal(text, decimal_sign=decimal_sign)
    if number != number.to_integral_value():
        raise _refused("not_whole", _("“%(value)s” is not a whole number."), text)
    return int(number)


def parse_date(text: str, *, order: DateOrder = DateOrder.YEAR_FIRST) -> dt.date:
    """A calendar day; a time beside it is cut off. Forms as in parse_moment. Raises TableError."""
    return parse_moment(text, order=order).date()


def parse_moment(text: str, *, order: DateOrder = DateOrder.YEAR_FIRST) -> dt.datetime:
    """Date and time, midnight where no time stands; naive unless the text names an offset.

    Year first with ``-``, ``/``, ``.`` or the Chinese words, ``20260905``, a spreadsheet's day
    number, and with ``order`` day or month first also ``05/09/2026 14:08``. Raises TableError.
    """
    if plain := ISO_MOMENT.fullmatch(text):
        return _moment(text, *(int(part or 0) for part in plain.groups()))
    folded = unicodedata.normalize("NFKC", text[:MAX_CELL_CHARS]).strip()
    if found := YEAR_FIRST.fullmatch(folded):
        year, _sep, month, day, clock = found.groups()
        return _with_clock(text, int(year), int(month), int(day), clock)
    if found := YEAR_LAST.fullmatch(folded):
        first, _sep, second, year, clock = found.groups()
        if order is DateOrder.YEAR_FIRST:
            raise _refused(
                "date_ambiguous",
                _(
                    "“%(value)s” can be read day first or month first. Say which in the "
                    "mapping, or write 2026-09-05."
                ),
                text,
            )
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        return _with_clock(text, int(year), int(month), int(day), clock)
    if found := COMPACT.fullmatch(folded):
        return _moment(text, *(int(part or 0) for part in found.groups()))
    if SERIAL.fullmatch(folded):
        seconds = round(Decimal(folded) * 86_400)
        return EXCEL_EPOCH + dt.timedelta(seconds=seconds)
    raise _not_a_date(text)


def _without_sign_and_currency(text: str) -> tuple[str, bool]:
    folded = unicodedata.normalize("NFKC", text[: MAX_CELL_CHARS + 1]).translate(MINUSES).strip()
    negative = False
    if folded.startswith("(") and folded.endswith(")"):
        folded, negative = folded[1:-1].strip(), True
    folded, signs = _strip_currency(folded)
    if folded.startswith(("-", "+")) or folded.endswith("-"):
        negative ^= "-" in (folded[0], folded[-1])
        folded = folded[1:] if folded[0] in "+-" else folded[:-1]
        folded, more = _strip_currency(folded.strip())
        signs += more
    if signs > 1:
        raise _not_a_number(text)
    return folded, negative


def _strip_currency(text: str) -> tuple[str, int]:
    """Without a currency sign or code at either end, and how many were there."""
    signs = 0
    for length in (3, 1):
        if _is_currency(text[:length]):
            text, signs = text[length:].strip(), signs + 1
        if _is_currency(text[-length:]):
            text, signs = text[:-length].strip(), signs + 1
    return text, signs


def _is_currency(mark: str) -> bool:
    if len(mark) == 1:
        return mark == YUAN or unicodedata.category(mark) == "Sc"
    return mark.upper() in CODES or mark.upper() == "RMB"


def _decimal_sign_in(folded: str, text: str) -> DecimalSign:
    dots, commas = folded.count("."), folded.count(",")
    if dots and commas:
        return "." if folded.rfind(".") > folded.rfind(",") else ","
    if dots > 1 or commas > 1:
        return "," if dots else "."
    separator: DecimalSign = "," if commas else "."
    before, found, after = folded.partition(separator)
    if (
        found
        and len(after) == 3
        and before.isdecimal()
        and 1 <= len(before) <= 3
        and before[0] != "0"
    ):
        raise _refused(
            "number_ambiguous",
            _(
                "“%(value)s” can be a number in thousands or one with decimals. Say in the "
                "mapping which sign marks decimals."
            ),
            text,
        )
    return separator


def _ungrouped(folded: str, decimal_sign: DecimalSign, text: str) -> str:
    integer, point, places = folded.partition(decimal_sign)
    group = "," if decimal_sign == "." else "."
    marks = {mark for mark in integer if mark in GROUP_MARKS + group}
    if len(marks) > 1:
        raise _not_a_number(text)
    parts = integer.split(marks.pop()) if marks else [integer]
    well_grouped = len(parts) == 1 or (
        1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    )
    digits = "".join(parts)
    if (
        not well_grouped
        or not (digits + places).isascii()
        or not (digits + places).isdecimal()
        or (point and not places)
    ):
        raise _not_a_number(text)
    return f"{digits or '0'}.{places}" if places else digits


def _with_clock(text: str, year: int, month: int, day: int, clock: str) -> dt.datetime:
    clock = clock.strip()
    if not clock:
        return _moment(text, year, month, day)
    found = CLOCK.fullmatch(clock)
    if not found:
        raise _not_a_date(text)
    half, hour, minute, second, fraction, meridiem, offset = found.groups()
    hours = _hours_of_day(int(hour), half or (meridiem or "").lower())
    moment = _moment(text, year, month, day, hours, int(minute), int(second or 0))
    if fraction:
        moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    return moment.replace(tzinfo=_zone(text, offset)) if offset else moment


def _hours_of_day(hour: int, half: str) -> int:
    if half in ("pm", AFTERNOON):
        return hour + 12 if hour < 12 else hour
    return 0 if half in ("am", MORNING) and hour == 12 else hour


def _zone(text: str, offset: str) -> dt.tzinfo:
    if offset in ("Z", "UTC"):
        return dt.UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        raise _not_a_date(text)
    sign = -1 if offset[0] == "-" else 1
    return dt.timezone(sign * dt.timedelta(hours=hours, minutes=minutes))


def _moment(text: str, *parts: int) -> dt.datetime:
    try:
        moment = dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError as error:
        raise _refused("no_such_date", _("“%(value)s” is no day of the calendar."), text) from error
    if moment.year < 1900 or moment.year > 2199:
        raise _refused("date_far_off", _("“%(value)s” lies outside the years 1900 to 2199."), text)
    return moment


def _not_a_number(text: str) -> TableError:
    return _refused("not_a_number", _("“%(value)s” is not a number."), text)


def _not_a_date(text: str) -> TableError:
    return _refused("not_a_date", _("“%(value)s” is not a date. Write it as 2026-09-05."), text)


def _refused(code: str, message: Sentence, text: str) -> TableError:
    return TableError(code, message, params={"value": text[:MAX_CELL_CHARS]})
