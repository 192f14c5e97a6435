"""Letters to guests of events, in their language, with their personal link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from backbone.mail import write
from backbone.models import OutboxMessage
from backbone.operations import enqueue
from foundation.actors import Actor
from tenants.isolation.context import enter_tenant
from training import guest_links
from training.models import Guest, GuestState, Session

KIND = "training.guest_letter"
TOLD = (GuestState.INVITED, GuestState.ACCEPTED)


def write_to(guests: Iterable[Guest], now: datetime, letter: str) -> None:
    """Mail ``training/mail/guest_<letter>`` to those who have an address, after the commit."""
    by_tenant: dict[int, list[int]] = defaultdict(list)
    for guest in guests:
        if guest.email:
            by_tenant[guest.tenant_id].append(guest.pk)
    for tenant_id, keys in sorted(by_tenant.items()):
        with enter_tenant(tenant_id):
            for pk in keys:
                _enqueue(tenant_id, pk, now, letter)


def _enqueue(tenant_id: int, pk: int, now: datetime, letter: str) -> None:
    enqueue(
        actor=Actor(user_id=None, tenant_id=tenant_id),
        now=now,
        kind=KIND,
        payload={"guest_id": pk, "letter": letter},
        key=f"guest:{pk}:{letter}:{now.timestamp()}",
    )


def write_to_all(session: Session, now: datetime, letter: str) -> None:
    """To everybody who was invited and has not said no."""
    told = Guest.objects.filter(session=session, state__in=TOLD, arrived_at=None)
    write_to(told.order_by("pk"), now, letter)


def deliver(message: OutboxMessage) -> None:
    """Send it, unless the guest was taken off the list or erased meanwhile."""
    sent = message.payload
    rows = Guest.objects.filter(pk=sent["guest_id"], erased_at=None).exclude(email="")
    found = rows.exclude(state=GuestState.REMOVED).select_related("session", "tenant").first()
    if found is None:
        return
    date = found.session.dates.standing().select_related("space").first()
    words: dict[str, Any] = {"guest": found, "event": found.session, "date": date}
    words["link"] = guest_links.address_of(found, found.tenant.slug)
    write(
        message,
        f"training/mail/guest_{sent['letter']}",
        words,
        to=found.email,
        reader=found.name,
        code=found.language,
    ).send()
