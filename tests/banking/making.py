"""Files of banks, written by the tests: each format from the same few facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils import timezone

from backbone.models import Job
from backbone.runner import perform
from banking.models import BankAccount, StatementFile, StatementLine
from banking.operations.accounts import keep_account
from banking.operations.files import upload_statement
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership

IBAN = "DE89370400440532013000"
FIRST, LAST = date(2026, 4, 1), date(2026, 4, 30)
NOW = timezone.now()


@dataclass(frozen=True)
class Fact:
    """One movement; ``reference`` is the bank's."""

    amount: Decimal
    on: date = FIRST
    name: str = ""
    text: str = ""
    reference: str = ""
    balance: Decimal | None = None


def fact(amount: str, day: int = 1, **values: Any) -> Fact:
    return Fact(Decimal(amount), date(2026, 4, day), **values)


def closing(facts: Sequence[Fact], opening: Decimal = Decimal(100)) -> Decimal:
    return opening + sum((each.amount for each in facts), Decimal(0))


# -- camt ------------------------------------------------------------------------------------------


def camt(
    facts: Sequence[Fact],
    *,
    message: str = "BkToCstmrStmt",
    part: str = "Stmt",
    ends: Decimal | None = None,
    more: str = "",
    number: int = 1,
    account: str = IBAN,
    balances: bool = True,
) -> bytes:
    """A camt message of one statement; ``ends`` is its closing balance, ``more`` stands in it."""
    ends = closing(facts) if ends is None else ends
    said = [_bal("OPBD", Decimal(100), FIRST), _bal("CLBD", ends, LAST)] if balances else []
    body = "".join([*said, *map(_entry, facts), more])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<{message}><GrpHdr><MsgId>M</MsgId></GrpHdr><{part}><Id>S-{number}</Id>"
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id><IBAN>{account}</IBAN></Id>"
        f"<Ccy>EUR</Ccy></Acct>{body}</{part}></{message}></Document>"
    ).encode()


def _bal(code: str, amount: Decimal, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{money(amount)}"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def money(amount: Decimal) -> str:
    side = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(fact: Fact) -> str:
    side = "Cdtr" if fact.amount < 0 else "Dbtr"
    reference = f"<AcctSvcrRef>{escape(fact.reference)}</AcctSvcrRef>" if fact.reference else ""
    return (
        f"<Ntry>{money(fact.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{fact.on}</Dt></BookgDt>"
        f"<ValDt><Dt>{fact.on}</Dt></ValDt>{reference}<NtryDtls><TxDtls><RltdPties><{side}><Pty>"
        f"<Nm>{escape(fact.name)}</Nm></Pty></{side}></RltdPties><RmtInf>"
        f"<Ustrd>{escape(fact.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def batch(total: str, *parts: str) -> str:
    """An entry with details of these amounts."""
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>E-{n}</EndToEndId></Refs>{money(Decimal(part))}</TxDtls>"
        for n, part in enumerate(parts, 1)
    )
    return (
        f"<Ntry>{money(Decimal(total))}<Sts>BOOK</Sts><BookgDt><Dt>{FIRST}</Dt></BookgDt>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


# -- MT940, OFX ------------------------------------------------------------------------------------


def mt940(
    facts: Sequence[Fact],
    *,
    ends: Decimal | None = None,
    number: str = "1/1",
    opening: Decimal = Decimal(100),
) -> str:
    ends = closing(facts, opening) if ends is None else ends
    lines = [":20:START", f":25:{IBAN}", f":28C:{number}", f":60F:{_mt(opening, FIRST)}"]
    for each in facts:
        mark = "D" if each.amount < 0 else "C"
        said = f"{each.on:%y%m%d}{each.on:%m%d}{mark}{_comma(abs(each.amount))}NTRFNONREF"
        lines.append(f":61:{said}//{each.reference}" if each.reference else f":61:{said}")
        lines.append(f":86:{each.text or 'x'}")
    return "\r\n".join([*lines, f":62F:{_mt(ends, LAST)}", "-", ""])


def _mt(amount: Decimal, on: date) -> str:
    return f"{'D' if amount < 0 else 'C'}{on:%y%m%d}EUR{_comma(abs(amount))}"


def _comma(amount: Decimal) -> str:
    said = f"{amount:.2f}"
    return said.replace(".", ",")


def ofx(facts: Sequence[Fact]) -> str:
    rows = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{each.on:%Y%m%d}120000<TRNAMT>{each.amount}"
        f"<FITID>{n}<NAME>{escape(each.name)}<MEMO>{escape(each.text)}</STMTTRN>\n"
        for n, each in enumerate(facts)
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR"
        f"<BANKACCTFROM><ACCTID>{IBAN}</BANKACCTFROM><BANKTRANLIST>{rows}</BANKTRANLIST>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


# -- tables ----------------------------------------------------------------------------------------

CHINESE = ["交易日期", "借方金额", "贷方金额", "余额", "对方户名", "摘要"]


def rows_of(facts: Sequence[Fact]) -> list[list[str]]:
    return [
        [
            f"{each.on:%Y/%m/%d}",
            f"{-each.amount:,.2f}" if each.amount < 0 else "",
            f"{each.amount:,.2f}" if each.amount >= 0 else "",
            "" if each.balance is None else f"{each.balance:,.2f}",
            each.name,
            each.text,
        ]
        for each in facts
    ]


def table(facts: Sequence[Fact], encoding: str = "gb18030", above: Sequence[str] = ()) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([line] for line in above)
    writer.writerows([CHINESE, *rows_of(facts)])
    return out.getvalue().encode(encoding)


def workbook(facts: Sequence[Fact]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("流水")
        for number, row in enumerate([["户名", "海河园区"], CHINESE, *rows_of(facts)]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


# -- in the portal ---------------------------------------------------------------------------------


@contextmanager
def office(member: Membership) -> Iterator[Actor]:
    """As this member of the park's staff, in the staff site."""
    with enter(Identity(STAFF, member.tenant_id, member.user_id)):
        yield member.actor(is_staff=True)


def account(member: Membership, **values: Any) -> BankAccount:
    known = {
        "holder": "海河跨境电商产业园", "number": IBAN, "bank": "Deutsche Bank", "swift": "DEUTDEFF",
        "currency": "EUR",
    } | values  # fmt: skip
    with office(member) as actor:
        return keep_account(actor=actor, now=NOW, **known)


def upload(member: Membership, content: bytes | str, **values: Any) -> StatementFile:
    """Upload and let the worker read it; taken at once unless ``take`` says otherwise."""
    data = content.encode() if isinstance(content, str) else content
    known: dict[str, Any] = {"name": "statement.xml", "take": True} | values
    with office(member) as actor:
        own = upload_statement(actor=actor, now=NOW, file=io.BytesIO(data), **known)
    return worked_off(member, own)


def worked_off(member: Membership, own: StatementFile) -> StatementFile:
    with office(member):
        job = Job.objects.latest("pk")
    perform(tenant_id=member.tenant_id, job_id=job.pk)
    with office(member):
        return StatementFile.objects.get(pk=own.pk)


def kept() -> list[tuple[Any, ...]]:
    """Every line of every account, as it is known: what it says, and how often."""
    with enter(Identity(STAFF)):
        lines = StatementLine.objects.order_by("booked_on", "amount", "fingerprint", "occurrence")
        return list(lines.values_list("booked_on", "amount", "fingerprint", "occurrence"))
