"""An event of the park, once for everybody, and one organisation's guests in marked words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.walls.marks import Mark
from training.models import Guest, Session
from training.operations import dates, guests, sessions
from training.operations.guests import Said
from training.operations.letters import write_to

CODE = "EVENT"
DAY = timedelta(days=1)


def build(lead: Membership, now: datetime) -> None:
    """Without a mark: everybody sees it."""
    known: Any = {"actor": lead.actor(is_staff=True), "now": now}
    start = now + 40 * DAY
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        made = sessions.add_session(
            code=CODE, kind="event", name_zh="双选会", name_en="Job fair", capacity=100,
            opens_at=now - DAY, closes_at=now + 39 * DAY, cancel_until=now + 30 * DAY,
            hold_until=now + 30 * DAY, **known,
        )  # fmt: skip
        end = start + timedelta(hours=3)
        dates.add_date(session=made, starts_at=start, ends_at=end, place="A hall in town", **known)
        sessions.open_session(session=made, **known)


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A number, and of the guests one who is invited."""
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    session = Session.objects.get(code=CODE)
    with enter(Identity(STAFF, tenant.pk)):
        park = Actor(user_id=None, tenant_id=actor.tenant_id, is_staff=True)
        guests.allow_guests(actor=park, now=now, session=session, tenant=tenant, guests=5)
    email = f"{mark.word('guestmail')}@example.test"
    said = Said(mark.word("guestname"), mark.word("guestcompany"), email, "13800000000")
    made = guests.add_guests(actor=actor, now=now, session=session, said=[said], language="en")
    guests.send_invitations(actor=actor, now=now, guests=made)


def letters(actor: Actor, now: datetime) -> None:
    """What else a guest is written."""
    own = list(Guest.objects.filter(tenant_id=actor.tenant_id))
    for letter in ("moved", "cancelled"):
        write_to(own, now, letter)
