"""The demo park's bookings: a rule for each type of space, and what the coming days bring."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from offices.models import Booking, BookingRule, Platform, PresenterKind, SampleGoods
from offices.operations.allowances import grant_allowance
from offices.operations.bookings import book, check_in, settle
from offices.operations.links import make_feed, set_door
from offices.operations.rules import set_rule
from offices.operations.studio import write_card
from spaces.models import Space, SpaceType
from spaces.operations.days import load_year
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.kinds import Role, TenantKind
from tenants.models import Tenant, User
from tenants.queries import memberships_of

SETTLED = [TenantKind.ENTERPRISE, TenantKind.START_UP, TenantKind.UNIVERSITY, TenantKind.PROVIDER]
# By type of space: CNY an hour, whether the park confirms, minutes kept free afterwards.
RULES = {
    "desk": (10, False, 0),
    "small-meeting-room": (60, False, 15),
    "large-meeting-room": (150, True, 30),
    "classroom": (200, True, 30),
    "studio": (300, False, 30),
    "kit": (40, False, 0),
    "operator": (120, False, 0),
}
# By the demo's owner: (type of space, days from today, begins at, hours, what for, what goes with it)
BOOKINGS = [
    ("small-meeting-room", 1, 10, 1, "选品会", ()),
    ("studio", 3, 19, 2, "东南亚家居专场", ("kit", "operator")),
    ("large-meeting-room", 5, 14, 2, "海外客户验货说明会", ()),
]
# One that took place so many days ago, for which the park is still to be paid; else as above.
DAYS_AGO, PAST = 4, ("studio", 1, 15, 2, "产品图拍摄", ())
# Which of them is a live session, and what happens in it.
LIVE = 1
CARD = {
    "platform": Platform.TIKTOK,
    "shop_account": "haihe.home.sg",
    "target_zone": "Asia/Singapore",
    "language": "en",
    "presenter": "王芳",
    "presenter_kind": PresenterKind.INTERN,
    "goods": "藤编收纳篮\n陶瓷餐具 12 件套",
    "samples": SampleGoods.IN,
    "backdrop": "厨房实景",
    "uplink_mbps": Decimal("92.5"),
    "is_recorded": True,
}
# The last year whose days the package knows.
HOLIDAYS = 2026


def seed(now: datetime) -> bool:
    """Rules and bookings; False when they are there."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    with enter(Identity(STAFF, park.pk)):
        if BookingRule.objects.exists():
            return False
        staff = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
        _set_rules(staff, now)
        load_year(actor=staff, now=now, year=HOLIDAYS)
        for room in Space.objects.filter(kind__in=("meeting_room", "studio"), lets_by_hour=True):
            set_door(actor=staff, now=now, space=room)
    owner = User.objects.get(username="owner")
    actor = next(m for m in memberships_of(owner) if Role.OWNER in m.roles).actor()
    with enter(Identity(STAFF, park.pk)):
        _grant(staff, now, actor.tenant_id)
    with enter_tenant(actor.tenant_id, user_id=owner.pk):
        make_feed(actor=actor, now=now)
        _take_place(actor, now)
        made = [_book(actor, now, *row) for row in BOOKINGS]
        write_card(actor=actor, now=now, booking=made[LIVE], **CARD)
    return True


def _grant(actor: Actor, now: datetime, tenant_id: int) -> None:
    """Ten hours a month, and a better price beyond them."""
    grant_allowance(
        actor=actor,
        now=now,
        tenant=Tenant.objects.get(pk=tenant_id),
        type=SpaceType.objects.get(code="small-meeting-room"),
        minutes=600,
        starts_on=timezone.localdate(now).replace(day=1),
        hour_price=Decimal(45),
    )


def _set_rules(actor: Actor, now: datetime) -> None:
    for code, (price, asks, after) in RULES.items():
        set_rule(
            actor=actor,
            now=now,
            type=SpaceType.objects.get(code=code),
            kinds=SETTLED,
            roles=list(Role.values),
            opens_on=list(range(1, 8)),
            keeps_holidays=code == "classroom",
            opens_at=time(8),
            closes_at=time(22),
            hour_price=Decimal(price),
            needs_approval=asks,
            minutes_after=after,
            ladder=[[48, 0], [12, 50], [0, 100]],
        )


def _take_place(actor: Actor, now: datetime) -> None:
    """Booked the day before; over once the minutes kept free after it are."""
    done = _book(actor, now - timedelta(days=DAYS_AGO + 1), *PAST)
    check_in(actor=actor, now=done.starts_at, booking=done)
    settle(actor=actor, now=done.ends_at + timedelta(hours=1))


def _book(
    actor: Actor,
    now: datetime,
    kind: str,
    days: int,
    hour: int,
    hours: int,
    purpose: str,
    more: Any,
) -> Booking:
    start = timezone.localtime(now).replace(hour=hour, minute=0, second=0, microsecond=0)
    start += timedelta(days=days)
    return book(
        actor=actor,
        now=now,
        space=_first(kind),
        start=start,
        end=start + timedelta(hours=hours),
        purpose=purpose,
        extras=[_first(each) for each in more],
    )


def _first(kind: str) -> Space:
    return Space.objects.in_use().filter(type__code=kind, lets_by_hour=True).order_by("code")[0]
