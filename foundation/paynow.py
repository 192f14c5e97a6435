"""PayNow codes: the payload of EMVCo's merchant-presented QR with the fields of SGQR. Pure."""

from __future__ import annotations

import re
import unicodedata
from binascii import crc_hqx
from decimal import Decimal

from stdnum.sg import uen as numbers

from foundation.money import quantize

CURRENCY = "SGD"
NUMBER_OF_CURRENCY = "702"
LONGEST_NAME = LONGEST_REFERENCE = 25
# By a business's registration number (UEN), the amount not to be altered.
BY_UEN, AMOUNT_STANDS = "2", "0"


def payload(*, uen: str, name: str, amount: Decimal, reference: str) -> str:
    """The text of a code that pays ``amount`` (SGD, rounded half up to cents) to the business
    ``uen``, with ``reference`` (at most 25 letters and digits) for its bank statement.

    ``name`` is what the payer's bank shows: letters that are not ASCII are left out. Raises
    ValueError for an amount that is not above zero or a reference that is too long.
    """
    if amount <= 0 or not 0 < len(reference) <= LONGEST_REFERENCE:
        raise ValueError("PayNow needs an amount above zero and a reference")
    account = (
        _field("00", "SG.PAYNOW") + _field("01", BY_UEN) + _field("02", uen) + _field("03", AMOUNT_STANDS)
    )  # fmt: skip
    body = "".join(
        [
            _field("00", "01"),
            # Dynamic: made for one payment.
            _field("01", "12"),
            _field("26", account),
            _field("52", "0000"),
            _field("53", NUMBER_OF_CURRENCY),
            _field("54", f"{quantize(amount, CURRENCY):f}"),
            _field("58", "SG"),
            _field("59", _ascii(name) or uen),
            _field("60", "Singapore"),
            _field("62", _field("01", reference)),
            "6304",
        ]
    )
    return f"{body}{crc16(body.encode()):04X}"


def is_uen(text: str) -> bool:
    """Whether PayNow can be registered for it: a UEN, perhaps with a suffix of three letters or
    digits for one of several accounts. Its check letter is right, but who it is nobody can tell."""
    if not re.fullmatch(r"[A-Z0-9]{9,13}", text):
        return False
    return numbers.is_valid(text) or numbers.is_valid(text[:-3])


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021 from 0xFFFF (EMVCo MPM 4.7.3)."""
    return crc_hqx(data, 0xFFFF)


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.split())[:LONGEST_NAME].strip()
