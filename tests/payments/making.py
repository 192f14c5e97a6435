"""A bill, a try of paying it, and what a provider says of it; as people and providers do it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.models import ChargeKind, Invoice, InvoiceState, Payment
from billing.operations import charging, drafting, issuing
from foundation.refs import ref_of
from ledger.checking import drifts
from ledger.operations.periods import make_periods
from payments.models import REFS, InboxEvent
from payments.operations import starting
from payments.providers import provider_called
from payments.providers.base import SIGNATURE, TIMESTAMP, Message
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.spaces.making import office, portal

D = Decimal
NOW = timezone.now()
HOOK = "/hooks/payments/offline/"
SECOND = timedelta(seconds=1)
_numbers = count(1)


def billed(member: Membership, lead: Membership, amount: str = "100", what: str = "M-1") -> Invoice:
    """An issued bill of the member's organisation."""
    with portal(member) as actor:
        charge = charging.charge(
            actor=actor, now=NOW, debtor=member.tenant, source=member, kind=ChargeKind.BOOKING,
            period=timezone.localdate(NOW) - timedelta(days=next(_numbers)), what=what,
            amount=D(amount), currency="CNY", due_on=timezone.localdate(NOW),
        )  # fmt: skip
    with office(lead) as actor:
        make_periods(actor=actor, now=NOW)
        draft = drafting.draft(actor=actor, now=NOW, tenant=member.tenant, charges=[charge])
        return issuing.issue(actor=actor, now=NOW, invoice=draft)


def begun(member: Membership, bill: Invoice) -> Payment:
    with portal(member) as actor:
        starting.start(
            actor=actor, now=NOW, invoice=bill, provider="offline", back_to=lambda made: "/"
        )
    return tries(bill)[-1]


def tries(bill: Invoice) -> list[Payment]:
    with enter(Identity(STAFF)):
        return list(Payment.objects.filter(invoice=bill).order_by("pk"))


def now_of(row: Any) -> Any:
    with enter(Identity(STAFF)):
        return type(row).objects.get(pk=row.pk)


def news(payment: Payment, outcome: str = "succeeded", **values: Any) -> Message:
    known: dict[str, Any] = {
        "event_id": f"evt-{next(_numbers)}",
        "payment_ref": ref_of(payment.pk, REFS),
        "outcome": outcome,
        "occurred_at": NOW,
        "amount": payment.amount,
        "currency": payment.currency,
        "reference": "P-1",
    }
    return Message(**(known | values))


def body_of(message: Message) -> bytes:
    return json.dumps(
        {
            "id": message.event_id,
            "payment": message.payment_ref,
            "outcome": message.outcome,
            "at": message.occurred_at.isoformat(),
            "amount": str(message.amount),
            "currency": message.currency,
            "reference": message.reference,
        }
    ).encode()


def signed(body: bytes, at: datetime | None = None) -> dict[str, str]:
    """Headers by which the practice provider's message is believed."""
    timestamp = str(int((at or timezone.now()).timestamp()))
    way: Any = provider_called("offline")
    return {TIMESTAMP: timestamp, SIGNATURE: way.sign(timestamp, body)}


def said(message: Message, *, headers: dict[str, str] | None = None) -> int:
    """As it comes over the net; gives the status of the answer."""
    body = body_of(message)
    answer = Client(enforce_csrf_checks=True).post(
        HOOK, body, content_type="application/json",
        headers=signed(body) if headers is None else headers,
    )  # fmt: skip
    return int(answer.status_code)


def inbox() -> list[InboxEvent]:
    with enter(Identity(STAFF)):
        return list(InboxEvent.objects.order_by("pk"))


def states() -> list[str]:
    return [each.state for each in inbox()]


def in_order() -> None:
    """The books sum up, and no bill is beyond its total."""
    with enter(Identity(STAFF)):
        assert list(drifts()) == []
        assert all(
            bill.open_amount >= 0 for bill in Invoice.objects.filter(state=InvoiceState.ISSUED)
        )
