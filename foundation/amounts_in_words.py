"""Amounts written out, so that nobody adds a digit: 大写金额 for CNY, English for any currency. Pure.

Chinese by 支付结算办法 (银发〔1997〕393号), annex 1. Where it leaves a choice: no 零 between 元 and 角
(¥1,680.32 is 壹仟陆佰捌拾元叁角贰分), one after 万 (¥107,000.53 is 壹拾万零柒仟元伍角叁分), and 整 after
元 and 角.
"""

from __future__ import annotations

from decimal import Decimal

from foundation.currencies import minor_units
from foundation.money import quantize

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)
MYRIADS = ("亿", 10**8), ("万", 10**4)
LARGEST = 10**16

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
THOUSANDS = (
    ("quadrillion", 10**15), ("trillion", 10**12), ("billion", 10**9), ("million", 10**6), ("thousand", 1000),
)  # fmt: skip


def in_chinese(amount: Decimal) -> str:
    """``人民币壹仟贰佰叁拾肆元伍角陆分``, of an amount in CNY, rounded half up to the 分.

    Raises ValueError from ten quadrillion on.
    """
    whole, fen = divmod(_minor(amount, "CNY"), 100)
    yuan = f"{_read(whole)}元" if whole or not fen else ""
    return f"人民币{'负' if amount < 0 else ''}{yuan}{_below_yuan(fen, bool(whole))}"


def _below_yuan(fen: int, follows: bool) -> str:
    jiao, rest = divmod(fen, 10)
    if not fen:
        return "整"
    tenths = f"{DIGITS[jiao]}角" if jiao else "零" if follows else ""
    return tenths + (f"{DIGITS[rest]}分" if rest else "整")


def _read(number: int) -> str:
    for unit, size in MYRIADS:
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if rest and (rest < size // 10 or not head % 10) else ""
            return f"{_read(head)}{unit}{gap}{_read(rest) if rest else ''}"
    return _four(number)


def _four(number: int) -> str:
    """Below ten thousand: one 零 for any number of noughts between digits, none at the end."""
    if not number:
        return DIGITS[0]
    found = "".join(
        f"{DIGITS[digit]}{unit}" if digit else DIGITS[0]
        for unit, size in PLACES
        for digit in [number // size % 10]
    )
    while "零零" in found:
        found = found.replace("零零", "零")
    return found.strip("零")


def in_english(amount: Decimal, currency: str) -> str:
    """``One thousand two hundred thirty-four and 56/100 CNY``: the minor unit as a fraction, by
    ISO 4217, rounded half up; without one where the currency has none.

    Raises ValueError from ten quadrillion on.
    """
    parts = 10 ** minor_units(currency)
    whole, rest = divmod(_minor(amount, currency), parts)
    text = f"{'minus ' if amount < 0 else ''}{_spell(whole)}"
    fraction = f" and {rest:0{minor_units(currency)}d}/{parts}" if parts > 1 else ""
    return f"{text[0].upper()}{text[1:]}{fraction} {currency}"


def _spell(number: int) -> str:
    for word, size in THOUSANDS:
        if number >= size:
            head, rest = divmod(number, size)
            return f"{_spell(head)} {word}{f' {_spell(rest)}' if rest else ''}"
    if number >= 100:
        head, rest = divmod(number, 100)
        return f"{ONES[head]} hundred{f' {_spell(rest)}' if rest else ''}"
    if number < len(ONES):
        return ONES[number]
    ten, one = divmod(number, 10)
    return f"{TENS[ten - 2]}{f'-{ONES[one]}' if one else ''}"


def _minor(amount: Decimal, currency: str) -> int:
    """Without its sign, counted in minor units."""
    rounded = abs(quantize(amount, currency))
    if rounded >= LARGEST:
        raise ValueError(f"too large to be written out: {amount}")
    return int(rounded.scaleb(minor_units(currency)))
