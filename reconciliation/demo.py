"""A file of the demo park's bank, taken and not dealt with: a line that names its bill, one of which
only the payer is known, one of a stranger, the bank's own fee and interest."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

from django.utils import timezone

from banking.models import BankAccount, StatementFile
from banking.operations.files import read_statement, upload_statement
from billing.models import Invoice
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant

HEADS = ["交易日期", "收入金额", "支出金额", "余额", "对方户名", "对方账号", "摘要"]
START = Decimal("186400.00")
Row = tuple[str, str, str, str]


def seed(now: datetime) -> bool:
    """False when a file is there, or the demo has neither an account nor open bills."""
    with enter(Identity(STAFF)):
        known = Membership.objects.current().select_related("user")
        books = known.filter(tenant=Tenant.objects.operator(), user__username="books").first()
        account = BankAccount.objects.in_use().filter(currency="CNY").first()
        bills = list(Invoice.objects.open().filter(currency="CNY").select_related("tenant"))
        if StatementFile.objects.exists() or books is None or account is None or not bills:
            return False
    with enter(Identity(STAFF, books.tenant_id, books.user_id)):
        own = upload_statement(
            actor=books.actor(is_staff=True),
            now=now,
            file=BytesIO(_csv(bills, timezone.localdate(now))),
            name="icbc.csv",
            account=account,
            take=True,
        )
        system = Actor(user_id=None, tenant_id=books.tenant_id)
        read_statement(actor=system, now=now, file_id=own.pk, take=True)
    return True


def _csv(bills: list[Invoice], on: date) -> bytes:
    """As such a bank gives it: two columns of amounts, and what is there after each line."""
    text, balance = StringIO(), START
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for amount, name, number, said in _rows(bills):
        balance += Decimal(amount)
        came, went = (amount, "") if Decimal(amount) > 0 else ("", amount.removeprefix("-"))
        writer.writerow([on.isoformat(), came, went, balance, name, number, said])
    return text.getvalue().encode("utf-8-sig")


def _rows(bills: list[Invoice]) -> Iterator[Row]:
    named, other = bills[0], bills[-1]
    account = "62220200031180"
    yield f"{named.open_amount:.2f}", named.tenant.name, f"{account}01", f"货款 {named.reference}"
    if other != named:
        yield f"{other.open_amount / 2:.2f}", other.tenant.name, f"{account}02", "往来款"
    yield "888.00", "天津远帆商贸有限公司", f"{account}03", "会议室"
    yield "3.17", "", "", "结息"
    yield "-25.00", "", "", "账户管理费"
