"""Fills who was there, of one organisation, and before it a session of the park that was held."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.walls.marks import Mark
from training.models import MarkKind, Seat, SeatState, Session
from training.operations import attending, catalogue, dates, feedback, sessions
from training.operations.attending import Said

CODE = "HELD"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def build(lead: Membership, now: datetime) -> None:
    """Without a mark: it is the park's and everybody sees it."""
    start = now - 2 * DAY
    known: Any = {"actor": lead.actor(is_staff=True), "now": start - 9 * DAY}
    names: Any = {"name_zh": "园区课程", "name_en": "A course of the park"}
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        programme = catalogue.keep_programme(code="held", **names, **known)
        course = catalogue.keep_course(
            code="held", programme=programme, minutes=120, price=Decimal(0), **names, **known
        )
        made = sessions.add_session(
            code=CODE, course=course, capacity=20, opens_at=start - 9 * DAY,
            closes_at=start - DAY, cancel_until=start - DAY, hold_until=start - DAY, **known,
        )  # fmt: skip
        dates.add_date(
            session=made, starts_at=start, ends_at=start + 2 * HOUR, place="A hall", **known
        )
        sessions.open_session(session=made, **known)
        sessions.close_session(session=made, **known)
        sessions.start_session(session=made, **known | {"now": start})
        sessions.finish_session(session=made, **known | {"now": now})


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A seat of a member with a mark that was corrected, a result likewise, and what they said."""
    park = Actor(user_id=None, tenant_id=actor.tenant_id)
    session = Session.objects.get(code=CODE)
    date = session.dates.get()
    member = Membership.objects.filter(tenant_id=actor.tenant_id).earliest("pk")
    seat = Seat.objects.create(
        tenant_id=actor.tenant_id, session=session, membership=member, state=SeatState.BOOKED,
        created_at=now,
    )  # fmt: skip
    known: Any = {"actor": park, "now": now}
    for kind, reason in ((MarkKind.ABSENT, ""), (MarkKind.PRESENT, mark.word("markreason"))):
        said = [Said(seat, kind, reason=reason)]
        attending.mark_attendance(date=date, said=said, **known)
    attending.record_result(seat=seat, passed=False, **known)
    attending.record_result(seat=seat, passed=True, reason=mark.word("resultreason"), **known)
    feedback.give_feedback(
        seat=seat, content=5, teaching=4, value=5, comment=mark.word("feedback"), **known
    )
