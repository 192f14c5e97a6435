"""Personal data masked for the screen. Whoever sees more must be allowed to, and is recorded."""

from __future__ import annotations

import re
from enum import IntEnum

STAR = "*"


class Exposure(IntEnum):
    """How many characters of an identity number stay visible at each end."""

    LOW = 1
    MIDDLE = 3
    HIGH = 6


def mask_name(name: str) -> str:
    """One letter at each end for Chinese names, the first of each word for others."""
    plain = " ".join(name.split())
    if not plain:
        return ""
    if plain.isascii() or " " in plain:
        return " ".join(word[0] + STAR * 3 for word in plain.split(" "))
    if len(plain) <= 2:
        return plain[0] + STAR
    return plain[0] + STAR * (len(plain) - 2) + plain[-1]


def mask_surname(name: str) -> str:
    """The family name alone of a Chinese name, the first letter of each word for others."""
    plain = " ".join(name.split())
    if not plain or plain.isascii() or " " in plain:
        return mask_name(plain)
    return plain[0] + STAR * 2


def mask_phone(phone: str) -> str:
    """``186 **** 1402``, a country code kept; short numbers keep the last two digits."""
    country = ""
    plain = phone.strip()
    if found := re.match(r"\+(86|1|\d{2})[ -]?", plain):
        country, plain = f"+{found.group(1)} ", plain[found.end() :]
    digits = re.sub(r"\D", "", plain)
    if len(digits) < 9:
        return country + STAR * 4 + digits[-2:] if len(digits) > 4 else STAR * 4
    return f"{country}{digits[:3]} {STAR * 4} {digits[-4:]}"


def mask_email(address: str) -> str:
    """``123***@example.com``: at most three letters and never more than half of the local part."""
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return STAR * 3
    return f"{local[: min(3, len(local) // 2)]}{STAR * 3}@{domain}"


def mask_id(number: str, exposure: Exposure = Exposure.MIDDLE) -> str:
    """First and last characters as far as ``exposure`` allows (HIGH: six and four)."""
    plain = number.strip()
    head, tail = (6, 4) if exposure is Exposure.HIGH else (int(exposure), int(exposure))
    if len(plain) < 2 * (head + tail) and len(plain) <= head + tail + 3:
        return STAR * len(plain)
    return plain[:head] + STAR * (len(plain) - head - tail) + plain[-tail:]


def mask_card(number: str) -> str:
    """The last four digits of a bank card or account."""
    digits = re.sub(r"\W", "", number)
    return f"{STAR * 4} {digits[-4:]}" if len(digits) > 8 else STAR * 4
