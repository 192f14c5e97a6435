"""The park's spaces, once for everybody, and what one organisation has of them in marked words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from leasing.operations.drafting import set_list_price
from offices.operations import bookings
from offices.operations.allowances import grant_allowance
from offices.operations.links import make_feed, set_door
from offices.operations.rules import set_rule
from offices.operations.studio import write_card
from spaces.models import Space
from spaces.operations import tree
from spaces.operations.days import set_day
from spaces.operations.occupancy import Want, take
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import Role, TenantKind
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
        rule: Any = {
            "kinds": list(TenantKind.values), "roles": list(Role.values),
            "opens_on": list(range(1, 8)), "ladder": [[0, 100]], "needs_approval": True,
            "opens_at": time(0), "closes_at": time(23, 59),
        }  # fmt: skip
        set_rule(type=any_type, **rule, **known)
        set_list_price(space_type=any_type, price=Decimal(60), **known)
        tree.add_space(kind="kit", code="K", quantity=len(ALL), lets_by_hour=True, **named)
        studio = tree.add_space(kind="studio", code="T", floor=floor, lets_by_hour=True, **named)
        set_door(space=studio, **known)
        day: Any = {"day": date(2026, 10, 1), "name_zh": "国庆节", "name_en": "National Day"}
        set_day(**day, **known)
        # The newest space is the one that can be booked: the walls open the page of that.
        tree.add_space(kind="meeting_room", code="M", floor=floor, lets_by_hour=True, **named)


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A unit on lease with its desk, a kit that is counted, and a hold that expires; and what is booked."""
    _book(mark, actor, now)
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


def _book(mark: Mark, actor: Actor, now: datetime) -> None:
    """Two bookings, each organisation at an hour of its own: one declined, one to be answered."""
    day = timezone.localtime(now).replace(hour=8, minute=0, second=0, microsecond=0)
    start = day + timedelta(days=2, hours=ALL.index(mark))
    room = Space.objects.get(code="M")
    asked: Any = {"space": room, "start": start, "end": start + timedelta(minutes=30)}
    first = bookings.book(actor=actor, now=now, purpose=mark.word("purpose"), **asked)
    park = Actor(user_id=None, tenant_id=actor.tenant_id)
    bookings.decline(actor=park, now=now, booking=first, reason=mark.word("reason"))
    bookings.book(actor=actor, now=now, purpose=mark.word("purpose"), **asked)
    make_feed(actor=actor, now=now)
    _grant(park, now, room)
    _go_live(mark, actor, now, asked | {"space": Space.objects.get(code="T")})


def _grant(park: Actor, now: datetime, room: Space) -> None:
    """Only the park's staff write allowances."""
    tenant = Tenant.objects.get(pk=park.tenant_id)
    with enter(Identity(STAFF, tenant.pk)):
        grant_allowance(
            actor=park, now=now, tenant=tenant, type=room.type, minutes=60,
            starts_on=now.date(), ends_on=now.date(),
        )  # fmt: skip


def _go_live(mark: Mark, actor: Actor, now: datetime, asked: Any) -> None:
    """The newest booking is that of the studio: it has every page."""
    live = bookings.book(actor=actor, now=now, purpose=mark.word("purpose"), **asked)
    names = ("shopaccount", "presenter", "goods", "backdrop")
    shop, presenter, goods, backdrop = (mark.word(name) for name in names)
    write_card(
        actor=actor, now=now, booking=live, platform="tiktok", target_zone="Asia/Tokyo",
        language="en", shop_account=shop, presenter=presenter, goods=goods, backdrop=backdrop,
    )  # fmt: skip
