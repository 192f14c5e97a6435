"""News of a provider: taken in once, and then believed as far as they fit what is known.

The event's number is written first and in the same transaction: a copy waits for it and is then
known; a process that dies in between leaves neither the number nor what came of it, and the
provider says it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from billing.models import Payment
from billing.operations import trying
from billing.operations.rows import lock_invoices, lock_payments
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import constraint_name, operation
from foundation.refs import pk_of
from payments.models import FINAL, REFS, EventState, InboxEvent, News, OnlinePayment
from payments.providers import provider_called
from payments.providers.base import Message
from tenants.isolation.context import as_system, enter_tenant


def hear(*, provider: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """A message as it came. Raises NoSuchProvider, NotBelieved; then nothing was done."""
    message = provider_called(provider).verify(headers, body, now)
    take_in(now=now, provider=provider, message=message)


@operation
def take_in(*, now: datetime, provider: str, message: Message) -> InboxEvent | None:
    """Take in what a provider says, after its proof; None for what was said before.

    News older than those that settled the payment are dropped as stale; what contradicts them, or
    names another amount, is kept for staff to look into, and changes nothing.
    """
    with as_system():
        event = _written(provider, message)
    return None if event is None else handle(now, event)


def handle(now: datetime, event: InboxEvent) -> InboxEvent:
    """What an event that is written, and locked by it, means for its payment."""
    with as_system():
        payment = _locked(event)
        state = _judged(event, payment) if payment else EventState.UNMATCHED
    if payment and state == EventState.HANDLED and event.outcome in FINAL:
        state = _concluded(now, event, payment)
    with as_system():
        if event.state != state:
            event.move_to(state)
            event.save(update_fields=["state"])
    return event


def _written(provider: str, message: Message) -> InboxEvent | None:
    values: dict[str, Any] = {
        name: getattr(message, name)
        for name in (
            *("event_id", "payment_ref", "outcome", "occurred_at"),
            *("amount", "currency", "reference"),
        )
    }
    try:
        with transaction.atomic():
            return InboxEvent.objects.create(provider=provider, **values)
    except IntegrityError as error:
        if constraint_name(error) == "inbox_event_once":
            return None
        raise


def _locked(event: InboxEvent) -> Payment | None:
    """Its payment, locked with its bill before it: two events of one payment wait in line."""
    try:
        key = pk_of(event.payment_ref, REFS)
    except ValueError:
        return None
    found = OnlinePayment.objects.filter(pk=key, provider=event.provider).first()
    if found is None:
        return None
    lock_invoices(found.tenant_id, [found.invoice_id])
    return lock_payments(found.tenant_id, [found.pk])[found.pk]


def _judged(event: InboxEvent, payment: Payment) -> EventState:
    if (event.amount, event.currency) != (payment.amount, payment.currency):
        return EventState.CONTRADICTS
    settled = InboxEvent.objects.filter(
        provider=event.provider,
        payment_ref=event.payment_ref,
        state=EventState.HANDLED,
        outcome__in=FINAL,
    )
    if settled.filter(occurred_at__gt=event.occurred_at).exists():
        return EventState.STALE
    if event.outcome == News.PENDING and settled.exists():
        return EventState.STALE
    return EventState.HANDLED


def _concluded(now: datetime, event: InboxEvent, payment: Payment) -> EventState:
    system = Actor(user_id=None, tenant_id=payment.tenant_id)
    with enter_tenant(payment.tenant_id):
        try:
            trying.conclude(
                actor=system,
                now=now,
                payment=payment,
                outcome=event.outcome,
                reference=event.reference,
            )
        except WrongState:
            return EventState.CONTRADICTS
    return EventState.HANDLED
