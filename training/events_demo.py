"""The demo's event: guests of the park and of an enterprise, answers, and idle hours lent out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from spaces.models import Space
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant
from training.models import Course, Session
from training.operations import dates, guests, idle, sessions
from training.operations.guests import Said

DAYS_AHEAD, SEATS = 20, 60
PLACE = "天津梅江会展中心 3 号厅"
# (name, organisation, mail)
INVITED = [
    ("赵敏", "天津海关", "zhao.min@customs.example"),
    ("周凯", "滨海物流", "zhou.kai@binhai.example"),
    ("Anna Weber", "Hansa Imports", "anna@hansa.example"),
    ("高雪", "天津银行", "gao.xue@bank.example"),
]
BROUGHT = [("林涛", "", "lin.tao@haihe.example"), ("何静", "", "he.jing@haihe.example")]


def host(own: Any, coming_with: Tenant) -> None:
    """An event outside of the park to which ``coming_with`` brings two people."""
    day = timezone.localtime(own.now + timedelta(days=DAYS_AHEAD))
    start = day.replace(hour=14, minute=0, second=0, microsecond=0)
    with own.office() as known:
        session = _event(known, start)
        guests.allow_guests(**known, session=session, tenant=coming_with, guests=5)
        listed = guests.add_guests(**known, session=session, said=[Said(*each) for each in INVITED])
        guests.answer_for(**known, guest=listed[0], accepts=True)
        guests.answer_for(**known, guest=listed[1], accepts=False)
    with own.inside(coming_with) as known:
        said = [Said(*each) for each in BROUGHT]
        guests.add_guests(**known, session=session, said=said)


def _event(known: dict[str, Any], start: datetime) -> Session:
    made = sessions.add_session(
        **known,
        kind="event",
        code="FAIR-AUTUMN",
        name_zh="跨境电商供需对接会",
        name_en="Sourcing fair",
        capacity=SEATS,
        opens_at=known["now"] - timedelta(days=5),
        closes_at=start - timedelta(days=1),
        cancel_until=start - timedelta(days=1),
        hold_until=start - timedelta(days=2),
    )
    dates.add_date(
        **known, session=made, starts_at=start, ends_at=start + timedelta(hours=4), place=PLACE
    )
    return sessions.open_session(**known, session=made)


def lend(own: Any, course: Course) -> None:
    """A classroom whose mornings go to students when nobody has booked them."""
    with enter(Identity(STAFF, own.park.pk)):
        room = (
            Space.objects.in_use()
            .filter(type__code="classroom", lets_by_hour=True)
            .earliest("code")
        )
        idle.keep_idle_rule(
            actor=own.staff,
            now=own.now,
            space=room,
            course=course,
            seats=12,
            weekdays=[1, 2, 3, 4, 5],
            starts_at=time(9),
            ends_at=time(12),
            release_hours=48,
        )
