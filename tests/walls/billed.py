"""Bills of one organisation and what came of them, told in marked words; part of ``filling.py``.

By the parts of operations that ask no permission: the park's staff do all this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from billing.letterhead import Letterhead
from billing.models import Charge, Fapiao, Invoice, InvoiceLine, Payment, Refund, Reminder
from billing.operations import charging, crediting, drafting, issuing, paying
from foundation.actors import Actor
from ledger.operations.posting import Source
from tenants.models import Tenant
from tests.walls.marks import Mark

SUM = Decimal(100)
NUMBER, RED = "2" * 20, "3" * 20


@contextmanager
def without_the_parks_words() -> Iterator[None]:
    """By right each bill names the park and its account. Here it does not, so that whatever of the
    park shows up with an organisation is a leak."""

    def parties(self: Letterhead, tenant: Tenant, currency: str) -> dict[str, Any]:
        return as_it_is(self, tenant, currency) | {"park": {}, "pay_to": None}

    as_it_is = Letterhead.parties
    with patch.object(Letterhead, "parties", parties):
        yield


class Billing:
    def __init__(self, mark: Mark, actor: Actor, now: datetime) -> None:
        self.word, self.now = mark.word, now
        self.today = timezone.localdate(now)
        self.tenant = Tenant.objects.get(pk=actor.tenant_id)
        self.actor = Actor(user_id=None, tenant_id=actor.tenant_id)
        self.sources = count(1)

    def charge(self) -> Charge:
        return charging.charge(
            actor=self.actor, now=self.now, debtor=self.tenant,
            source=Source(charging.BY_HAND, next(self.sources)), kind="service",
            period=self.today, what=self.word("billed"), currency="CNY", due_on=self.today,
            amount=SUM, unit=self.word("unit"), rate_card=self.word("ratecard"),
        )  # fmt: skip

    def draft(self) -> Invoice:
        made = drafting.draft_of(self.tenant, [self.charge()], note=self.word("billnote"))
        made.tenant = self.tenant
        return made

    def bill(self) -> Invoice:
        return issuing.issue_locked(self.actor, self.now, self.draft(), self.today)

    def payment(self, **values: Any) -> Payment:
        known: dict[str, Any] = {
            "method": "bank", "state": "succeeded", "amount": SUM + 30, "currency": "CNY",
            "received_on": self.today, "reference": self.word("payref"),
            "note": self.word("paynote"),
        }  # fmt: skip
        return Payment.objects.create(tenant=self.tenant, **(known | values))

    def refund(self, payment: Payment, **values: Any) -> Refund:
        known: dict[str, Any] = {
            "amount": 10, "currency": "CNY", "to_account": self.word("toaccount"),
            "reason": self.word("refundreason"),
        }  # fmt: skip
        return Refund.objects.create(tenant=self.tenant, payment=payment, **(known | values))

    def fapiao(self, bill: Invoice) -> Fapiao:
        return Fapiao.objects.create(
            tenant=self.tenant, invoice=bill, state="red_issued", title=self.word("faptitle"),
            tax_number=self.word("taxno"), amount=SUM, number=NUMBER, red_number=RED,
            issued_on=self.today, reason=self.word("redreason"),
        )  # fmt: skip


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A bill that is paid, with more than it asked for, one that is credited in part, of which a
    payment failed, and a draft, which nobody of the organisation sees."""
    billing = Billing(mark, actor, now)
    paid, credited = billing.bill(), billing.bill()
    payment = billing.payment()
    paying.book_receipt(billing.actor, now, payment)
    payment = paying.apply_to(billing.actor, now, payment, {paid.pk: SUM}, billing.today)
    why = mark.word("nomoney")
    billing.refund(payment, state="rejected", decision_reason=why, reference=mark.word("bankref"))
    provider = {"method": "provider", "provider": mark.word("provider"), "received_on": None}
    billing.payment(state="failed", invoice=credited, **provider)
    line = InvoiceLine.objects.get(invoice=credited)
    crediting.credit_lines(
        billing.actor, now, credited, {line.pk: Decimal(40)}, mark.word("creditreason")
    )
    Reminder.objects.create(tenant=billing.tenant, invoice=credited, step=2)
    billing.fapiao(paid)
    billing.draft()
