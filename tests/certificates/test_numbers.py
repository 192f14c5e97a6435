"""Numbers of certificates, and hours of teaching."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from certificates.hours import hours_of
from certificates.numbers import MistypedNumber, NotANumber, new_number, read_number
from foundation.numbers import SYMBOLS

DAY = date(2026, 11, 26)


def test_a_number_is_read_however_it_was_typed():
    number = new_number(DAY)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in number)
    for typed in (
        number,
        number.lower(),
        number.replace("-", ""),
        f"  {number[:7]} {number[7:]} ",
        wide,
    ):
        assert read_number(typed) == number


def test_every_slip_of_one_character_is_told():
    number = new_number(DAY)
    for place, right in enumerate(number[3:], start=3):
        if right == "-":
            continue
        for wrong in set("0123456789" if number[:8][place:] and place < 7 else SYMBOLS) - {right}:
            with pytest.raises((MistypedNumber, NotANumber)):
                read_number(number[:place] + wrong + number[place + 1 :])


def test_neighbours_that_changed_places_are_told():
    number = next(n for n in iter(lambda: new_number(DAY), "") if n[9] != n[10])
    with pytest.raises(MistypedNumber):
        read_number(number[:9] + number[10] + number[9] + number[11:])


@pytest.mark.parametrize(
    "typed", ["", "PC-2026", "hello", "证书", "PC-2026-7KQ4M2XN5-5", "x" * 5000]
)
def test_what_is_no_number_is_told(typed):
    with pytest.raises(NotANumber):
        read_number(typed)


def test_no_number_has_characters_that_are_taken_for_others():
    drawn = {new_number(DAY) for _turn in range(500)}
    assert len(drawn) == 500
    assert all(set(n[8:].replace("-", "")) <= set(SYMBOLS) for n in drawn)


@pytest.mark.parametrize(
    ("minutes", "rule", "hours"), [(1440, 45, "32"), (100, 45, "2"), (120, 50, "2"), (75, 50, "1.5"), (20, 45, "0")]
)  # fmt: skip
def test_hours_are_rounded_down_to_half_an_hour(minutes, rule, hours):
    assert hours_of(minutes, rule) == Decimal(hours)
