"""The park's training, once for everybody, and what one organisation has of it in marked words."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from spaces.models import Space
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.walls.marks import Mark
from training.models import SeatAgreement, SeatGrant, Session, SessionShare
from training.operations import catalogue, dates, giving_up, sessions
from training.operations.booking import book
from training.operations.idle import keep_idle_rule

DAY = timedelta(days=1)
CODE = "TRAIN"


def build(lead: Membership, now: datetime) -> None:
    """A course and an open session in a room. Without a mark: they are the park's."""
    known: Any = {"actor": lead.actor(is_staff=True), "now": now}
    names: Any = {"name_zh": "课程", "name_en": "Course"}
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        programme = catalogue.keep_programme(code="p", **names, **known)
        course: Any = {"programme": programme, "minutes": 360, "price": Decimal(300), **names}
        first = catalogue.keep_course(code="a", **course, **known)
        catalogue.keep_course(code="b", required=[first], **course, **known)
        trainer = catalogue.keep_trainer(name_zh="老师", name_en="Teacher", **known)
        today = timezone.localdate(now)
        catalogue.keep_funding_line(
            code="f", name="Fund", seats=90, starts_on=today, ends_on=today + 90 * DAY, **known
        )
        made = sessions.add_session(
            code=CODE, course=first, capacity=100, trainers=[trainer], opens_at=now - DAY,
            closes_at=now + 29 * DAY, cancel_until=now + 20 * DAY, hold_until=now + 20 * DAY,
            **known,
        )  # fmt: skip
        room = Space.objects.get(code="M")
        start = now + 30 * DAY
        end = start + timedelta(hours=2)
        dates.add_date(session=made, starts_at=start, ends_at=end, space=room, **known)
        sessions.open_session(session=made, **known)
        keep_idle_rule(
            space=room, course=first, seats=5, weekdays=[*range(1, 8)], starts_at=time(9), ends_at=time(12),
            release_hours=72,
            **known,
        )  # fmt: skip


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """An agreement that ended and one in force, a share, seats cancelled, booked and held."""
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    session = Session.objects.get(code=CODE)
    with enter(Identity(STAFF, tenant.pk)):
        _agreements(mark, tenant, session, now)
    known: Any = {"actor": actor, "now": now}
    members = Membership.objects.filter(tenant=tenant)
    marked = members.filter(user__full_name=mark.word("person")).first()
    own = marked or members.get(user=actor.user_id)
    (seat,) = book(session=session, people=[own], **known)
    giving_up.cancel(seats=[seat], reason=mark.word("seatreason"), **known)
    book(session=session, people=[own], **known)
    # The newest is blank: it can be named and given back.
    book(session=session, blanks=1, **known)


def _agreements(mark: Mark, tenant: Tenant, session: Session, now: datetime) -> None:
    today = timezone.localdate(now)
    for state, ended in (("ended", today), ("active", None)):
        agreement = SeatAgreement.objects.create(
            tenant=tenant,
            number=f"{mark.word('sno')[:14]}-{state[0]}",
            state=state,
            starts_on=today - DAY,
            ends_on=today + 90 * DAY,
            note=mark.word("seatnote"),
            created_at=now,
            ended_on=ended,
            closing_reason=mark.word("seatend") if ended else "",
        )
        SeatGrant.objects.create(
            tenant=tenant, agreement=agreement, kind="granted", amount=20,
            reason=mark.word("seatgrant"), at=now,
        )  # fmt: skip
    SessionShare.objects.create(tenant=tenant, session=session, seats=10, until=now + DAY)
