"""The demo park's terms, tax rates with their sources, and accounts to be paid to: what stands
before anything is charged. Invented but for the rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from banking.operations.accounts import keep_account
from billing.models import BillingTerms, ChargeKind
from billing.operations.terms import add_tax_rate, add_terms
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant

ACCOUNTS = [
    ("CNY", "6222 0200 0810 2026 118", "中国工商银行天津自贸区支行", "ICBKCNBJTJP"),
    ("SGD", "012 900 4567", "DBS Bank, Singapore", "DBSSSGSG"),
]
LAW = date(2026, 1, 1)
# Kind, in force from, per cent, rule. Rooms by the hour are let like those by the year.
RATES = [
    ("rent", date(2019, 4, 1), 9, "财政部 税务总局 海关总署公告2019年第39号（不动产租赁）"),
    ("rent", LAW, 9, "增值税法第十条第二项（不动产租赁）"),
    ("booking", date(2019, 4, 1), 9, "财政部 税务总局 海关总署公告2019年第39号（不动产租赁）"),
    ("booking", LAW, 9, "增值税法第十条第二项（不动产租赁）"),
    ("service", date(2016, 5, 1), 6, "财税〔2016〕36号（现代服务、生活服务）"),
    ("service", LAW, 6, "增值税法第十条第三项（服务）"),
    ("deposit", LAW, 0, "押金不属于销售额"),
]


def seed(now: datetime) -> bool:
    """False when they are there."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    with enter(Identity(STAFF, park.pk)):
        if BillingTerms.objects.exists():
            return False
        staff = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
        for currency, number, bank, swift in ACCOUNTS:
            keep_account(
                actor=staff,
                now=now,
                holder=park.name,
                number=number,
                bank=bank,
                currency=currency,
                swift=swift,
            )
        for kind, since, percent, rule in RATES:
            add_tax_rate(
                actor=staff,
                now=now,
                kind=ChargeKind(kind),
                valid_from=since,
                percent=Decimal(percent),
                source=rule,
            )
        add_terms(
            actor=staff,
            now=now,
            valid_from=date(2024, 1, 1),
            late_percent=Decimal("0.05"),
            late_cap=Decimal(20),
            tolerance=Decimal(5),
        )
    return True
