from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.amounts_in_words import DIGITS, in_chinese, in_english

# The first seven are the examples of 支付结算办法, annex 1 (of two readings, the first or second).
CHINESE = """
1409.50 壹仟肆佰零玖元伍角整
6007.14 陆仟零柒元壹角肆分
1680.32 壹仟陆佰捌拾元叁角贰分
107000.53 壹拾万零柒仟元伍角叁分
16409.02 壹万陆仟肆佰零玖元零贰分
325.04 叁佰贰拾伍元零肆分
10 壹拾元整
0 零元整
0.01 壹分
0.05 伍分
0.10 壹角整
0.11 壹角壹分
0.50 伍角整
0.99 玖角玖分
1 壹元整
1.01 壹元零壹分
1.10 壹元壹角整
1.23 壹元贰角叁分
2 贰元整
9 玖元整
10.01 壹拾元零壹分
10.50 壹拾元伍角整
11 壹拾壹元整
15.06 壹拾伍元零陆分
20 贰拾元整
20.20 贰拾元贰角整
99 玖拾玖元整
100 壹佰元整
100.01 壹佰元零壹分
101 壹佰零壹元整
110 壹佰壹拾元整
111 壹佰壹拾壹元整
200.30 贰佰元叁角整
999.99 玖佰玖拾玖元玖角玖分
1000 壹仟元整
1000.07 壹仟元零柒分
1001 壹仟零壹元整
1010 壹仟零壹拾元整
1011 壹仟零壹拾壹元整
1100 壹仟壹佰元整
1101 壹仟壹佰零壹元整
1234.56 壹仟贰佰叁拾肆元伍角陆分
8008.80 捌仟零捌元捌角整
10000 壹万元整
10001 壹万零壹元整
10010 壹万零壹拾元整
10100 壹万零壹佰元整
11000 壹万壹仟元整
12345.67 壹万贰仟叁佰肆拾伍元陆角柒分
60007.08 陆万零柒元零捌分
100000 壹拾万元整
100001 壹拾万零壹元整
100010 壹拾万零壹拾元整
101000 壹拾万零壹仟元整
110000 壹拾壹万元整
1000000 壹佰万元整
1000001.10 壹佰万零壹元壹角整
1010101.01 壹佰零壹万零壹佰零壹元零壹分
10000000 壹仟万元整
10001000 壹仟万零壹仟元整
10010001 壹仟零壹万零壹元整
20030040.50 贰仟零叁万零肆拾元伍角整
100000000 壹亿元整
100000001 壹亿零壹元整
100010000 壹亿零壹万元整
101000000 壹亿零壹佰万元整
110000000 壹亿壹仟万元整
1000000000.03 壹拾亿元零叁分
1000010000 壹拾亿零壹万元整
123456789.01 壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分
1000000000000 壹万亿元整
1000100000000 壹万零壹亿元整
9999999999999999.99 玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分
0.004 零元整
0.005 壹分
0.995 壹元整
-12.30 负壹拾贰元叁角整
"""
ENGLISH = """
1234.56 CNY One thousand two hundred thirty-four and 56/100 CNY
0 CNY Zero and 00/100 CNY
0.05 USD Zero and 05/100 USD
1 SGD One and 00/100 SGD
10 EUR Ten and 00/100 EUR
13.40 USD Thirteen and 40/100 USD
19 USD Nineteen and 00/100 USD
20 USD Twenty and 00/100 USD
21.99 USD Twenty-one and 99/100 USD
100 USD One hundred and 00/100 USD
115 USD One hundred fifteen and 00/100 USD
1000.01 USD One thousand and 01/100 USD
12600 SGD Twelve thousand six hundred and 00/100 SGD
100000 USD One hundred thousand and 00/100 USD
1000000 USD One million and 00/100 USD
2000040 USD Two million forty and 00/100 USD
1000000000 USD One billion and 00/100 USD
1002003004.05 USD One billion two million three thousand four and 05/100 USD
1000000000000 USD One trillion and 00/100 USD
1234 JPY One thousand two hundred thirty-four JPY
1234.5 JPY One thousand two hundred thirty-five JPY
7.005 KWD Seven and 005/1000 KWD
0.9995 KWD One and 000/1000 KWD
-3.20 USD Minus three and 20/100 USD
"""


def cases(table: str, parts: int) -> list[list[str]]:
    return [line.split(maxsplit=parts - 1) for line in table.strip().splitlines()]


def test_there_are_enough_cases() -> None:
    assert len(cases(CHINESE, 2)) >= 60


@pytest.mark.parametrize(("amount", "words"), cases(CHINESE, 2))
def test_chinese(amount, words) -> None:
    assert in_chinese(Decimal(amount)) == f"人民币{words}"


@pytest.mark.parametrize(("amount", "currency", "words"), cases(ENGLISH, 3))
def test_english(amount, currency, words) -> None:
    assert in_english(Decimal(amount), currency) == words


@pytest.mark.parametrize("amount", ["10000000000000000", "9999999999999999.995"])
def test_what_is_too_large_is_refused(amount) -> None:
    with pytest.raises(ValueError, match="too large"):
        in_chinese(Decimal(amount))
    with pytest.raises(ValueError, match="too large"):
        in_english(Decimal(amount), "CNY")


UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(text: str) -> int:
    """What somebody who knows nothing of how it was written reads, in 分."""
    yuan, found, rest = text.removeprefix("人民币").rpartition("元")
    rest = rest.rstrip("整")
    small = {"角": 10, "分": 1}
    fen = sum(DIGITS.index(d) * small[u] for d, u in pairwise(rest) if u in small)
    return (whole(yuan) * 100 if found else 0) + fen


def whole(text: str) -> int:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        head, found, rest = text.rpartition(unit)
        if found:
            return whole(head) * size + whole(rest)
    return sum(
        DIGITS.index(digit) * UNITS.get(unit, 1)
        for digit, unit in zip(text, f"{text[1:]} ", strict=False)
        if digit in DIGITS
    )


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_it_reads_back_as_it_was(fen) -> None:
    words = in_chinese(Decimal(fen) / 100)
    assert read_back(words) == fen
    assert "零零" not in words
    assert words.endswith(("整", "分"))
