"""A line of MT940 from the fields that the library found in 61 and 86."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from banking.reading.camt_entries import MOST_TEXT, NOTHING
from banking.reading.structure import Line

# "/REMI/Invoice 17/NAME/..." in field 86, as Dutch and Belgian banks write it.
CODEWORD = re.compile(r"/(EREF|REMI|NAME|IBAN|BENM|ORDP|TRTP|CSID|MARF|BIC|SVCL|PREF|PURP)/")
# In the place of a customer's reference: it stands in field 86 under this word.
ELSEWHERE = frozenset({"EREF", "PREF", "MARF"})


def line_of(data: dict[str, Any], currency: str, place: int) -> Line:
    """``RC`` takes money back out, ``RD`` gives it back; both are reversals (SWIFT, field 61)."""
    value_on = _plain(data["date"])
    booked = data.get("entry_date")
    words = _codewords(data.get("transaction_details") or "")
    return Line(
        booked_on=_plain(booked) if isinstance(booked, date) else value_on,
        value_on=value_on,
        amount=data["amount"].amount,
        currency=data["amount"].currency or currency,
        bank_reference=_reference(data.get("bank_reference")),
        own_reference=_reference(data.get("end_to_end_reference"))
        or _reference(words.get("EREF"))
        or _reference(data.get("customer_reference")),
        counterparty_name=_said(data.get("applicant_name") or words.get("NAME")),
        counterparty_account=_said(
            data.get("applicant_iban") or data.get("gvc_applicant_iban") or words.get("IBAN")
        ).replace(" ", ""),
        remittance=_remittance(data, words)[:MOST_TEXT],
        transaction_code=_said(data.get("id")),
        is_reversal=str(data.get("status") or "").upper() in ("RC", "RD"),
        place=place,
    )


def _remittance(data: dict[str, Any], words: dict[str, str]) -> str:
    for said in (words.get("REMI"), data.get("purpose"), data.get("transaction_details")):
        if plain := _said(said):
            return plain
    parts = (_said(data.get("posting_text")), _said(data.get("extra_details")))
    return " ".join(filter(None, parts))


def _codewords(details: str) -> dict[str, str]:
    """The parts of field 86 by their code word; a name or account may stand under NAME or IBAN."""
    parts = CODEWORD.split("".join(details.split("\n")))
    return {word: said.strip("/ ") for word, said in zip(parts[1::2], parts[2::2], strict=False)}


def _reference(said: Any) -> str:
    plain = _said(said)
    return "" if plain.upper() in NOTHING | ELSEWHERE else plain


def _said(value: Any) -> str:
    return " ".join(str(value or "").split())


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)
