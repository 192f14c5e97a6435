"""A small park of spaces, made as its staff make it, and takings of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from spaces.models import Floor, Occupancy, Space, SpaceType
from spaces.operations import tree
from spaces.operations.occupancy import Want, take
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

# A whole hour, so that slots are easy to read; tomorrow, so that nothing has begun.
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_codes = count(1)


def at(hours: float) -> datetime:
    """So many hours from now."""
    return NOW + HOUR * hours


@contextmanager
def office(member: Membership) -> Iterator[Actor]:
    """As this member of the park's staff, in the staff site."""
    with enter(Identity(STAFF, member.tenant_id, member.user_id)):
        yield member.actor(is_staff=True)


@contextmanager
def portal(member: Membership) -> Iterator[Actor]:
    """As this member of an organisation, in the portal."""
    with enter_tenant(member.tenant_id, user_id=member.user_id):
        yield member.actor()


class Grounds:
    """Adds spaces to one floor, as the park's lead."""

    def __init__(self, lead: Membership) -> None:
        self.lead = lead
        with office(lead) as actor:
            building = tree.add_building(
                actor=actor, now=NOW, code="A", name_zh="A 座", name_en="Building A"
            )
            self.floor: Floor = tree.add_floor(
                actor=actor, now=NOW, building=building, level=1, name_zh="一层", name_en="1F"
            )
            self.type: SpaceType = tree.add_type(
                actor=actor, now=NOW, code="any", name_zh="通用", name_en="Any"
            )

    def add(self, kind: str = "meeting_room", **values: Any) -> Space:
        known: dict[str, Any] = {
            "code": f"S-{next(_codes)}",
            "name_zh": "空间",
            "name_en": "Space",
            "floor": None if kind in ("kit", "operator", "desk") else self.floor,
            "area": Decimal("52.50") if kind == "unit" else None,
            "lets_by_lease": kind in ("unit", "desk"),
            "lets_by_hour": kind != "unit",
        }
        with office(self.lead) as actor:
            return tree.add_space(
                actor=actor, now=NOW, kind=kind, type=self.type, **(known | values)
            )

    def office_of(self, desks: int) -> tuple[Space, list[Space]]:
        """A shared office and the desks in it."""
        unit = self.add("unit")
        return unit, [self.add("desk", parent=unit) for _each in range(desks)]


def want(space: Space, start: float = 24, end: float | None = 25, **values: Any) -> Want:
    """Hours from now."""
    known: dict[str, Any] = {"kind": "lease" if space.kind == "unit" else "booking"}
    return Want(space, at(start), None if end is None else at(end), **(known | values))


@contextmanager
def acting(member: Membership, kinds: set[str]) -> Iterator[Actor]:
    """As the member in the portal; for what only the park does for it, as the portal itself."""
    with portal(member) as actor:
        by_the_park = kinds & {"lease", "maintenance", "block"}
        yield Actor(user_id=None, tenant_id=member.tenant_id) if by_the_park else actor


def taken(member: Membership, *wants: Want, now: datetime = NOW, **values: Any) -> list[Occupancy]:
    """By this member for the own organisation, a lease by the park."""
    with acting(member, {want.kind for want in wants}) as actor:
        return take(
            actor=actor,
            now=now,
            holder=Tenant.objects.get(pk=member.tenant_id),
            wants=wants,
            source=values.pop("source", member),
            **values,
        )


def ledger() -> list[tuple[Any, ...]]:
    """Every row of every organisation, to see that nothing changed."""
    with enter(Identity(STAFF)):
        rows = Occupancy.objects.order_by("pk")
        return list(rows.values_list("pk", "space", "state", "during", "expires_at", "amount"))


def states() -> list[str]:
    with enter(Identity(STAFF)):
        return list(Occupancy.objects.order_by("pk").values_list("state", flat=True))
