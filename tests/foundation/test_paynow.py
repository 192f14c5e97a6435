from __future__ import annotations

from decimal import Decimal

import pytest

from foundation.paynow import crc16, is_uen, payload

# The sample of EMVCo's specification of merchant-presented codes: its own check is A13A.
EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603"
    "***0708A60086670902ME91320016A0112233449988770708123456786304"
)


def test_the_check_is_the_known_one() -> None:
    assert crc16(b"123456789") == 0x29B1
    assert crc16(EMVCO.encode()) == 0xA13A


def test_a_code_by_hand() -> None:
    """Put together on paper, field by field: tag, length, value."""
    made = payload(
        uen="201403121W", name="Park Pte. Ltd.", amount=Decimal("1234.5"), reference="RF18539007547034"
    )  # fmt: skip
    by_hand = (
        "000201010212"
        "26370009SG.PAYNOW010120210201403121W03010"
        "52040000530370254071234.505802SG5914Park Pte. Ltd.6009Singapore"
        "62200116RF18539007547034"
        "6304"
    )  # fmt: skip
    assert made[:-4] == by_hand
    assert made[-4:] == "D517"


def fields(text: str) -> dict[str, str]:
    found = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        found[tag], text = text[4 : 4 + length], text[4 + length :]
    return found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("重庆 Chongqing 物流", "Chongqing"),
        ("Café Zürich", "Cafe Zurich"),
        ("A" * 40, "A" * 25),
        ("园区", "201403121W"),
    ],
)
def test_names_are_short_and_plain(name, shown) -> None:
    made = payload(uen="201403121W", name=name, amount=Decimal(1), reference="RF1")
    assert fields(made)["59"] == shown
    assert made.isascii()


@pytest.mark.parametrize(
    ("amount", "reference"), [("0", "RF1"), ("-1", "RF1"), ("1", ""), ("1", "R" * 26)]
)
def test_what_cannot_be_paid_is_refused(amount, reference) -> None:
    with pytest.raises(ValueError, match="PayNow"):
        payload(uen="201403121W", name="Park", amount=Decimal(amount), reference=reference)


def test_another_amount_has_another_check() -> None:
    one, two = (
        payload(uen="201403121W", name="Park", amount=Decimal(n), reference="RF1") for n in (1, 2)
    )
    assert one[-4:] != two[-4:]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("201403121W", True), ("201403121WA01", True), ("00192200M", True), ("S16FC0121D", True),
        ("201403121X", False), ("201403121WA0", False), ("201403121Wa01", False), ("", False),
        ("W", False), ("201403121W ABC", False),
    ],
)  # fmt: skip
def test_which_numbers_take_paynow(text, is_one) -> None:
    assert is_uen(text) is is_one
