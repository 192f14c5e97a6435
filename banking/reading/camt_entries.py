"""One entry of camt: a line, or the lines of a batch where their sum is the entry's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from banking.reading.camt_values import amount_of, day_of
from banking.reading.reasons import reason, unreadable
from banking.reading.structure import Hints, Line, Reason
from banking.reading.xml_tree import text, texts
from foundation.money import format_money

# Words for "there is none", in references.
NOTHING = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "NONE", "NULL", "UNKNOWN"})
MOST_TEXT = 1000


def entry_lines(
    entry: ET.Element, place: int, account: str, hints: Hints
) -> tuple[list[Line], list[Reason]]:
    """Raises Unreadable where amount, direction or day are missing or no such thing."""
    whole = _whole(entry, place, hints)
    details = entry.findall("NtryDtls/TxDtls")
    if not details:
        details = entry.findall("TxDtls")
    if len(details) == 1:
        return [_with_details(whole, details[0], account)], []
    if not details:
        return [whole], []
    children = [_child(whole, each, account) for each in details]
    if problem := _why_whole(whole, children):
        return [whole], [problem]
    return [each for each in children if each is not None], []


def _whole(entry: ET.Element, place: int, hints: Hints) -> Line:
    amount, currency = amount_of(entry.find("Amt"))
    if amount is None:
        said = text(entry, "Amt")
        raise (
            unreadable("not_an_amount", place=place, value=said)
            if said
            else unreadable("no_amount", place=place)
        )
    booked_on, value_on = _days(entry, place)
    return Line(
        booked_on=booked_on,
        value_on=value_on,
        amount=_sign(text(entry, "CdtDbtInd"), place) * amount,
        currency=currency or hints.currency,
        bank_reference=_reference(text(entry, "AcctSvcrRef", "NtryRef")),
        remittance=text(entry, "AddtlNtryInf")[:MOST_TEXT],
        transaction_code=_code(entry.find("BkTxCd")),
        is_reversal=text(entry, "RvslInd").lower() in ("true", "1"),
        is_pending=text(entry, "Sts/Cd", "Sts").upper() in ("PDNG", "FUTR"),
        place=place,
    )


def _days(entry: ET.Element, place: int) -> tuple[date, date | None]:
    booked = text(entry, "BookgDt/Dt", "BookgDt/DtTm")
    value = text(entry, "ValDt/Dt", "ValDt/DtTm")
    for said in (booked, value):
        if said and day_of(said) is None:
            raise unreadable("not_a_day", place=place, value=said)
    on = (
        day_of(booked)
        or day_of(value)
        or day_of(
            text(entry, "NtryDtls/TxDtls/RltdDts/TxDtTm", "NtryDtls/TxDtls/RltdDts/AccptncDtTm")
        )
    )
    if on is None:
        raise unreadable("no_day", place=place)
    return on, day_of(value)


def _sign(said: str, place: int) -> Decimal:
    if said not in ("CRDT", "DBIT"):
        raise unreadable("no_direction", place=place)
    return Decimal(1) if said == "CRDT" else Decimal(-1)


def _child(whole: Line, details: ET.Element, account: str) -> Line | None:
    """The details as a line of their own; None where they have no amount in this currency."""
    amount, currency = _own_amount(details)
    if amount is None or currency not in ("", whole.currency):
        return None
    said = text(details, "CdtDbtInd")
    sign = Decimal(1 if whole.amount >= 0 else -1)
    sign = {"CRDT": Decimal(1), "DBIT": Decimal(-1)}.get(said, sign)
    return _with_details(replace(whole, amount=sign * amount), details, account)


def _own_amount(details: ET.Element) -> tuple[Decimal | None, str]:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount, currency = amount_of(details.find(path))
        if amount is not None:
            return amount, currency
    return None, ""


def _why_whole(whole: Line, children: list[Line | None]) -> Reason | None:
    told = {"amount": format_money(whole.amount, whole.currency), "day": whole.booked_on}
    if None in children:
        return reason("batch_without_amounts", **told)
    total = sum((each.amount for each in children if each), Decimal(0))
    if total == whole.amount:
        return None
    return reason("batch_kept_whole", sum=format_money(total, whole.currency), **told)


def _with_details(line: Line, details: ET.Element, account: str) -> Line:
    name, other = _counterparty(details, line.amount >= 0, account)
    said = texts(details, "RmtInf/Ustrd") or texts(details, "RmtInf/Strd/AddtlRmtInf")
    said = said or texts(details, "AddtlTxInf")
    return replace(
        line,
        bank_reference=_reference(text(details, "Refs/AcctSvcrRef")) or line.bank_reference,
        own_reference=_reference(text(details, "Refs/EndToEndId", "Refs/InstrId")),
        payee_reference=text(
            details, "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef"
        ),
        counterparty_name=name,
        counterparty_account=other.replace(" ", ""),
        remittance=(" ".join(said) or line.remittance)[:MOST_TEXT],
        transaction_code=line.transaction_code or _code(details.find("BkTxCd")),
    )


def _counterparty(details: ET.Element, came_in: bool, account: str) -> tuple[str, str]:
    """Who paid, or was paid; the other side where that one is ourselves or not named."""
    parties = details.find("RltdPties")
    sides = [_party(parties, side) for side in (("Dbtr", "Cdtr") if came_in else ("Cdtr", "Dbtr"))]
    for name, other in sides:
        if (name or other) and not (account and other.replace(" ", "") == account):
            return name, other
    return "", ""


def _party(parties: ET.Element | None, side: str) -> tuple[str, str]:
    name = text(
        parties, f"{side}/Nm", f"{side}/Pty/Nm", f"{side}/Agt/FinInstnId/Nm",
        f"Ultmt{side}/Nm", f"Ultmt{side}/Pty/Nm",
    )  # fmt: skip
    other = text(
        parties, f"{side}Acct/Id/IBAN", f"{side}Acct/Id/Othr/Id", f"{side}Acct/Id/PrtryAcct/Id",
        f"{side}Acct/Id/BBAN",
    )  # fmt: skip
    return name, other


def _code(element: ET.Element | None) -> str:
    parts = [text(element, path) for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
    return "-".join(filter(None, parts)) or text(element, "Prtry/Cd")


def _reference(said: str) -> str:
    return "" if said.upper().replace(" ", "") in NOTHING else said
