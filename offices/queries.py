"""What can be booked, and by whom."""

from __future__ import annotations

from foundation.actors import Actor
from spaces.models import Space, SpaceKind
from spaces.models.tree import MOVABLE, SpaceQuerySet
from tenants.models import Tenant

# What is booked by itself; kit and operators go with it.
ROOMS = (SpaceKind.MEETING_ROOM, SpaceKind.CLASSROOM, SpaceKind.STUDIO, SpaceKind.DESK)


def bookable(actor: Actor, tenant: Tenant) -> SpaceQuerySet:
    """The rooms that somebody of these roles in this organisation books."""
    return _let_to(actor, tenant).filter(kind__in=ROOMS)


def extras_for(room: Space, actor: Actor, tenant: Tenant) -> list[Space]:
    """Kit and operators that go with a studio; other rooms are booked as they are."""
    if room.kind != SpaceKind.STUDIO:
        return []
    return list(_let_to(actor, tenant).filter(kind__in=MOVABLE))


def _let_to(actor: Actor, tenant: Tenant) -> SpaceQuerySet:
    let = Space.objects.in_use().filter(
        lets_by_hour=True,
        type__booking_rule__kinds__contains=[tenant.kind],
        type__booking_rule__roles__overlap=sorted(actor.roles),
    )
    return let.select_related("type__booking_rule", "floor__building")
