"""The park's spaces, once for everybody, and what one organisation has of them in marked words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from spaces.models import Space
from spaces.operations import tree
from spaces.operations.occupancy import Want, take
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.spaces.plans import BOX, draw, hang
from tests.walls.marks import ALL, Mark


def build(lead: Membership, now: datetime) -> None:
    """A unit with a desk for each organisation, a kit of which each has one. Without a mark: they
    are the park's and everybody sees them."""
    known: Any = {"actor": lead.actor(is_staff=True), "now": now}
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        building = tree.add_building(code="A", name_zh="A 座", name_en="Building A", **known)
        floor = tree.add_floor(building=building, level=1, name_zh="一层", name_en="1F", **known)
        any_type = tree.add_type(code="any", name_zh="通用", name_en="Any", **known)
        named: Any = {"type": any_type, "name_zh": "空间", "name_en": "Space", **known}
        for number in range(len(ALL)):
            unit = tree.add_space(
                kind="unit", code=f"U{number}", floor=floor, area=Decimal(50),
                lets_by_lease=True, **named,
            )  # fmt: skip
            tree.add_space(kind="desk", code=f"D{number}", parent=unit, **named)
        draw(known["actor"], hang(known["actor"], floor), {unit.pk: BOX})
        tree.add_space(kind="kit", code="K", quantity=len(ALL), lets_by_hour=True, **named)


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A unit on lease with its desk, a kit that is counted, and a hold that expires."""
    actor = Actor(user_id=None, tenant_id=actor.tenant_id)
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    unit = Space.objects.get(code=f"U{ALL.index(mark)}")
    kit = Space.objects.get(code="K")
    day = timedelta(days=1)
    wants = [
        Want(unit, now - day, now + day * 300, "lease", reason=mark.word("purpose")),
        Want(kit, now + day, now + day * 2, "booking", reason=mark.word("purpose")),
    ]
    take(actor=actor, now=now, holder=tenant, wants=wants, source=tenant)
    later = Want(kit, now + day * 3, now + day * 4, "hold", reason=mark.word("purpose"))
    take(actor=actor, now=now, holder=tenant, wants=[later], held_until=timezone.now() + day)
