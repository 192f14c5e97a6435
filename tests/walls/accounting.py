"""Fills the books of one organisation; part of ``filling.py``."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from ledger.operations import holds
from ledger.operations.periods import make_periods
from ledger.operations.posting import credit, debit, post, reverse
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.walls.marks import Mark


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """What it owes, a reversal, a deposit, and holds of it that were captured and let go: an open
    one would keep it in the park."""
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    # A member stands for the bills that things are posted for.
    cause = Membership.objects.filter(tenant=tenant).earliest("pk")
    system = Actor(user_id=None, tenant_id=tenant.pk)
    known: Any = {
        "actor": system, "now": now, "tenant": tenant, "source": cause,
        "effective_on": timezone.localdate(now),
    }  # fmt: skip
    sum_, memo = Decimal(100), mark.word("voucher")
    owed = [debit("receivable", sum_, "CNY"), credit("revenue:rent", sum_, "CNY")]
    voucher = post(event="issued", legs=owed, memo=memo, **known)
    reverse(actor=system, now=now, voucher=voucher, effective_on=known["effective_on"], memo=memo)
    kept = [debit("bank:icbc", sum_, "CNY"), credit("deposit", sum_, "CNY")]
    post(event="deposit", legs=kept, memo=memo, **known)
    for event in ("cleaning", "damages"):
        row = holds.hold(
            actor=system, now=now, tenant=tenant, source=cause, event=event, code="deposit",
            into="revenue:damage", amount=Decimal(10), currency="CNY",
            expires_at=now + timedelta(days=30), memo=mark.word("held"),
        )  # fmt: skip
        if event == "damages":
            holds.capture(
                actor=system, now=now, hold=row, effective_on=known["effective_on"], memo=memo
            )
        else:
            holds.void(actor=system, now=now, hold=row)


def months(lead: Membership, now: datetime) -> None:
    """The park's own, without a mark."""
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        make_periods(actor=lead.actor(is_staff=True), now=now)
