"""The demo park's training centre: courses, sessions past and coming, agreements, seats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from learners.demo import KEEPER
from learners.models import Learner
from spaces.models import Space
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.kinds import Role, TenantKind
from tenants.models import Membership, Tenant, User
from tenants.queries import memberships_of
from training import events_demo
from training.attendance_demo import teach
from training.models import Course, Programme, Seat, SeatState, Session, Trainer
from training.operations import agreements, catalogue, dates, giving_up, offers, sessions, shares
from training.operations.booking import book

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PROGRAMMES = [
    ("cbec-operations", "跨境电商运营", "Cross-border e-commerce operations"),
    ("live-commerce", "直播电商", "Live commerce"),
]
# (code, programme, Chinese, English, minutes, price in CNY, a test, the course it requires)
COURSES = [
    ("listing", 0, "商品上架与优化", "Listing and optimisation", 720, 600, True, ""),
    ("customs", 0, "跨境通关实务", "Customs clearance in practice", 540, 480, True, ""),
    ("advertising", 0, "站内广告投放", "Advertising on platforms", 360, 450, False, "listing"),
    ("finance", 0, "跨境收款与结汇", "Receiving and settling money", 180, 200, False, ""),
    ("live-host", 1, "英语直播主播", "Live-streaming in English", 960, 900, True, ""),
    ("studio", 1, "直播间技术", "Studio technique", 360, 380, False, ""),
]
TRAINERS = [
    ("李慧", "Li Hui", "高级运营师", "Senior operations specialist"),
    ("陈国栋", "Chen Guodong", "报关师", "Customs broker"),
    ("苏珊·米勒", "Susan Miller", "主播教练", "Host coach"),
]
# Seats of the nine agreements, in the order of the universities.
GRANTED = [240, 120, 90, 80, 60, 60, 40, 40, 30]
# (code, course, days until the first date, days between dates, dates, seats, the park approves)
COMING = [
    ("LIST-AUTUMN", "listing", 18, 1, 4, 30, False),
    ("LIVE-AUTUMN", "live-host", 25, 2, 5, 20, False),
    ("CUSTOMS-AUTUMN", "customs", 12, 7, 3, 24, False),
    ("STUDIO-AUTUMN", "studio", 30, 1, 2, 6, False),
    ("ADS-AUTUMN", "advertising", 35, 1, 2, 16, True),
    ("MONEY-AUTUMN", "finance", 21, 1, 1, 40, False),
]
PAST = [
    ("CUSTOMS-SUMMER", "customs", -60, 7, 3, 24, False),
    ("LIST-SUMMER", "listing", -35, 1, 4, 30, False),
]


class Seeding:
    """The park's staff and its organisations, as they act in the demo."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        with enter(Identity(STAFF)):
            self.park = Tenant.objects.operator()
            universities = Tenant.objects.filter(kind=TenantKind.UNIVERSITY).order_by("pk")
            self.universities = list(universities[: len(GRANTED)])
        self.staff = Actor(user_id=None, tenant_id=self.park.pk, is_staff=True)

    @contextmanager
    def office(self) -> Iterator[dict[str, Any]]:
        with enter(Identity(STAFF, self.park.pk)):
            yield {"actor": self.staff, "now": self.now}

    @contextmanager
    def inside(self, tenant: Tenant, now: datetime | None = None) -> Iterator[dict[str, Any]]:
        """As the organisation's coordinator or owner, where the demo has one."""
        person = User.objects.filter(username__in=(KEEPER, "owner"), memberships__tenant=tenant)
        with enter_tenant(tenant.pk):
            user = person.first()
        own = [m for m in memberships_of(user) if m.tenant_id == tenant.pk] if user else []
        actor = own[0].actor() if own else Actor(user_id=None, tenant_id=tenant.pk)
        with enter_tenant(tenant.pk, user_id=actor.user_id):
            yield {"actor": actor, "now": now or self.now}


def seed(now: datetime) -> bool:
    """False when it is there."""
    with enter(Identity(STAFF)):
        if Programme.objects.exists():
            return False
    own = Seeding(now)
    with own.office() as known:
        courses = _catalogue(known)
        _agreements(own, known)
        past = [_session(own, courses, *row) for row in PAST]
        coming = [_session(own, courses, *row) for row in COMING]
        _share(own, known, coming[0])
    for session, number in zip(past, (14, 12), strict=True):
        _held_before(own, session, number)
    _book(own, coming)
    teach(own, past)
    events_demo.host(own, _of_owner().tenant)
    events_demo.lend(own, courses["listing"])
    return True


def _catalogue(known: dict[str, Any]) -> dict[str, Course]:
    programmes = [
        catalogue.keep_programme(**known, code=code, name_zh=zh, name_en=en, position=place)
        for place, (code, zh, en) in enumerate(PROGRAMMES)
    ]
    for zh, en, title_zh, title_en in TRAINERS:
        catalogue.keep_trainer(
            **known, name_zh=zh, name_en=en, title_zh=title_zh, title_en=title_en
        )
    made: dict[str, Course] = {}
    for code, programme, zh, en, minutes, price, test, required in COURSES:
        made[code] = catalogue.keep_course(
            **known,
            programme=programmes[programme],
            code=code,
            name_zh=zh,
            name_en=en,
            minutes=minutes,
            price=Decimal(price),
            test_required=test,
            required=[made[required]] if required else [],
        )
    today = timezone.localdate(known["now"])
    catalogue.keep_funding_line(
        **known,
        code="SKILLS-A",
        name="职业技能提升补贴",
        seats=60,
        starts_on=today - 90 * DAY,
        ends_on=today + 180 * DAY,
    )
    return made


def _agreements(own: Seeding, known: dict[str, Any]) -> None:
    today = timezone.localdate(own.now)
    for tenant, seats in zip(own.universities, GRANTED, strict=True):
        made = agreements.draft_agreement(
            **known, tenant=tenant, starts_on=today - 90 * DAY, ends_on=today + 180 * DAY,
            seats=seats, note="秋季学期",
        )  # fmt: skip
        agreements.activate_agreement(**known, agreement=made)
        if tenant == own.universities[0]:
            agreements.grant_extra(**known, agreement=made, amount=20, reason="双选会追加")


def _session(
    own: Seeding,
    courses: dict[str, Course],
    code: str,
    course: str,
    days: int,
    step: int,
    number: int,
    seats: int,
    asks: bool,
) -> Session:
    start = _at(own.now + days * DAY)
    then = min(own.now, start - 30 * DAY)
    known: dict[str, Any] = {"actor": own.staff, "now": then}
    teachers = list(Trainer.objects.order_by("pk"))
    place = [row[0] for row in COURSES].index(course)
    made = sessions.add_session(
        **known,
        trainers=[teachers[place % len(teachers)]],
        code=code,
        course=courses[course],
        capacity=seats,
        needs_approval=asks,
        opens_at=start - 90 * DAY,
        closes_at=start - 2 * DAY,
        cancel_until=start - 5 * DAY,
        hold_until=start - 7 * DAY,
    )
    minutes = courses[course].minutes // number
    room = _room(COMING + PAST, code)
    for place in range(number):
        begins = start + place * step * DAY
        dates.add_date(
            **known,
            session=made,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=minutes),
            space=room,
        )
    return sessions.open_session(**known, session=made)


def _room(rows: list[Any], code: str) -> Space:
    """Each session has a room of its own, by turns, so that no two meet."""
    rooms = Space.objects.in_use().filter(type__code="classroom", lets_by_hour=True)
    place = [row[0] for row in rows].index(code)
    found = list(rooms.order_by("code"))
    return found[place % len(found)]


def _at(moment: datetime) -> datetime:
    """Nine in the morning where the park is."""
    return timezone.localtime(moment).replace(hour=9, minute=0, second=0, microsecond=0)


def _share(own: Seeding, known: dict[str, Any], session: Session) -> None:
    """Seats of the first session are kept for three universities for ten days."""
    for tenant, seats in zip(own.universities, (15, 6, 4), strict=False):
        shares.set_share(
            **known, session=session, tenant=tenant, seats=seats, until=own.now + 10 * DAY
        )


def _learners(number: int, skip: int = 0) -> list[Learner]:
    return list(Learner.objects.active().order_by("pk")[skip : skip + number])


def _held_before(own: Seeding, session: Session, number: int) -> None:
    """It took place: booked, closed, begun and over at the moments at which that happens."""
    first = session.dates.first()
    assert first is not None
    with enter(Identity(STAFF, own.park.pk)):
        last = session.dates.last()
    assert last is not None
    with own.inside(own.universities[0], first.starts_at - 20 * DAY) as known:
        book(**known, session=session, people=_learners(number))
    with enter(Identity(STAFF, own.park.pk)):
        staff: dict[str, Any] = {"actor": own.staff, "session": session}
        sessions.close_session(**staff, now=session.closes_at)
        sessions.start_session(**staff, now=first.starts_at)
        sessions.finish_session(**staff, now=last.ends_at)


def _book(own: Seeding, coming: list[Session]) -> None:
    listing, live, customs, studio, advertising, money = coming
    ours, second, third = own.universities[:3]
    with own.inside(ours) as known:
        book(**known, session=listing, people=_learners(8), blanks=4)
        book(**known, session=live, people=_learners(6, 20), blanks=2)
        book(**known, session=customs, people=_learners(10, 40))
        book(**known, session=money, people=_learners(5, 60), blanks=8)
        _given_up(known, money)
    with own.inside(second) as known:
        book(**known, session=listing, blanks=6)
        book(**known, session=studio, blanks=6)
    with own.inside(ours) as known:
        book(**known, session=studio, people=_learners(3, 80), waits=True)
        book(**known, session=studio, people=_learners(1, 90), waits=True)
        _leaves(known, studio)
    _frees(own, second, studio)
    with own.inside(third) as known:
        book(**known, session=listing, blanks=2)
        book(**known, session=advertising, blanks=3)
    _decides(own, advertising)
    _enterprise(own, money)


def _seats(known: dict[str, Any], session: Session, state: str) -> list[Seat]:
    own = Seat.objects.filter(session=session, state=state, tenant_id=known["actor"].tenant_id)
    return list(own.select_related("session").order_by("pk"))


def _given_up(known: dict[str, Any], session: Session) -> None:
    giving_up.cancel(**known, seats=_seats(known, session, SeatState.BOOKED)[:1], reason="课程冲突")
    giving_up.release(**known, seats=_seats(known, session, SeatState.HELD)[:2])


def _leaves(known: dict[str, Any], session: Session) -> None:
    giving_up.leave(**known, seats=_seats(known, session, SeatState.WAITLISTED)[-1:])


def _frees(own: Seeding, tenant: Tenant, session: Session) -> None:
    """Two seats go to the first who wait, as an offer."""
    with own.inside(tenant) as known:
        giving_up.release(**known, seats=_seats(known, session, SeatState.HELD)[:2])


def _decides(own: Seeding, session: Session) -> None:
    with own.office() as known:
        asked = Seat.objects.filter(session=session, state=SeatState.REQUESTED)
        rows = list(asked.select_related("session").order_by("pk"))
        offers.approve(**known, seats=rows[:1])
        offers.decline_request(**known, seats=rows[1:2], reason="请先完成上架课程")


def _enterprise(own: Seeding, session: Session) -> None:
    """The demo's enterprise books for its owner and a colleague."""
    mine = _of_owner()
    with enter_tenant(mine.tenant_id, user_id=mine.user_id):
        people = Membership.objects.current().filter(tenant_id=mine.tenant_id).order_by("pk")
        book(actor=mine.actor(), now=own.now, session=session, people=list(people[:2]))


def _of_owner() -> Membership:
    owner = User.objects.get(username="owner")
    return next(m for m in memberships_of(owner) if Role.OWNER in m.roles)
