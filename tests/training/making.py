"""A training centre as its people make it, and seats booked in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from learners.models import Learner
from learners.operations import record_learner
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.spaces.making import NOW, Grounds, office, portal
from training.models import (
    Course,
    FundingLine,
    Seat,
    SeatAgreement,
    SeatGrant,
    SeatState,
    Session,
    SessionDate,
    SessionShare,
)
from training.operations import agreements, catalogue, dates, sessions
from training.operations.booking import book

S = SeatState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = count(1)


class School:
    """A university with its coordinator, and learners as they are asked for."""

    def __init__(self, keeper: Membership) -> None:
        self.keeper, self.tenant = keeper, keeper.tenant
        self.agreement: SeatAgreement

    def learner(self) -> Learner:
        return self.learners(1)[0]

    def learners(self, number: int) -> list[Learner]:
        year = str(timezone.localdate(NOW).year)
        with portal(self.keeper) as actor:
            return [
                record_learner(
                    actor=actor,
                    now=NOW,
                    said={
                        "number": f"N{next(_numbers):06}",
                        "name": "王小明",
                        "programme": "跨境电子商务",
                        "entry_year": year,
                    },
                )
                for _each in range(number)
            ]


class Centre:
    """What the park's training centre makes, as its lead."""

    def __init__(self, grounds: Grounds) -> None:
        self.grounds, self.lead = grounds, grounds.lead
        with office(self.lead) as actor:
            self.programme = catalogue.keep_programme(
                actor=actor, now=NOW, code="cbec", name_zh="跨境电商", name_en="CBEC"
            )

    def course(self, **values: Any) -> Course:
        known: dict[str, Any] = {
            "programme": self.programme,
            "code": f"c-{next(_numbers)}",
            "name_zh": "商品上架",
            "name_en": "Listing",
            "minutes": 360,
            "price": Decimal(300),
        }
        with office(self.lead) as actor:
            return catalogue.keep_course(actor=actor, now=NOW, **(known | values))

    def draft(self, course: Course | None = None, **values: Any) -> Session:
        known: dict[str, Any] = {
            "code": f"s-{next(_numbers)}",
            "course": None if values.get("kind") == "event" else course or self.course(),
            "capacity": 10,
            "opens_at": NOW - DAY,
            "closes_at": NOW + 9 * DAY,
            "cancel_until": NOW + 5 * DAY,
            "hold_until": NOW + 3 * DAY,
        }
        with office(self.lead) as actor:
            return sessions.add_session(actor=actor, now=NOW, **(known | values))

    def date(self, session: Session, start: Any = None, space: Any = None) -> SessionDate:
        start = start or NOW + 10 * DAY
        with office(self.lead) as actor:
            return dates.add_date(
                actor=actor,
                now=NOW,
                session=session,
                starts_at=start,
                ends_at=start + 3 * HOUR,
                space=space or self.grounds.add("classroom"),
            )

    def session(self, course: Course | None = None, start: Any = None, **values: Any) -> Session:
        """Open for booking."""
        made = self.draft(course, **values)
        self.date(made, start)
        return self.open(made)

    def open(self, session: Session) -> Session:
        with office(self.lead) as actor:
            return sessions.open_session(actor=actor, now=NOW, session=session)

    def agree(self, school: School, seats: int = 100) -> SeatAgreement:
        """An agreement in force around now."""
        today = timezone.localdate(NOW)
        with office(self.lead) as actor:
            made = agreements.draft_agreement(
                actor=actor, now=NOW, tenant=school.tenant, starts_on=today - 30 * DAY,
                ends_on=today + 300 * DAY, seats=seats,
            )  # fmt: skip
            school.agreement = agreements.activate_agreement(actor=actor, now=NOW, agreement=made)
        return school.agreement

    def line(self, seats: int = 5, **values: Any) -> FundingLine:
        today = timezone.localdate(NOW)
        known: dict[str, Any] = {
            "code": f"f-{next(_numbers)}",
            "name": "Skills fund",
            "seats": seats,
            "starts_on": today,
            "ends_on": today + 60 * DAY,
        }
        with office(self.lead) as actor:
            return catalogue.keep_funding_line(actor=actor, now=NOW, **(known | values))


def booked(
    member: Membership, session: Session, people: Iterable[Any] = (), now: Any = NOW, **values: Any
) -> list[Seat]:
    with portal(member) as actor:
        return book(actor=actor, now=now, session=session, people=list(people), **values)


def seats_now(session: Session | None = None) -> list[Seat]:
    """Of every organisation, in the order of their keys."""
    with enter(Identity(STAFF)):
        rows = Seat.objects.order_by("pk").select_related("session", "tenant")
        return list(rows.filter(session=session) if session else rows)


def states(session: Session | None = None) -> list[str]:
    return [seat.state for seat in seats_now(session)]


def everything() -> list[Any]:
    """What a refusal must leave as it was."""
    with enter(Identity(STAFF)):
        models: list[Any] = [Seat, Session, SessionDate, SessionShare, SeatAgreement, SeatGrant]
        return [list(model.objects.order_by("pk").values()) for model in models]


def tenant_of(member: Membership) -> Tenant:
    return member.tenant
