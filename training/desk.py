"""What the staff's pages of attendance show: dates of these days, a date's list, a session's lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from certificates.operations.issuing import Outcome
from foundation.errors import Sentence
from learners.models import Learner
from training.check_in_codes import is_open
from training.models import (
    AttendanceMark,
    Seat,
    SeatState,
    Session,
    SessionDate,
    SessionState,
    TestResult,
)
from training.models.seats import KEPT, SeatQuerySet
from training.operations.settling import Line
from training.queries import dated

BACK, AHEAD = timedelta(days=14), timedelta(days=2)
# So many seats stand on one page of a list: a browser sends three fields for each.
SEATS = 100


@dataclass(frozen=True, slots=True)
class Day:
    date: SessionDate
    seats: int
    marked: int
    is_open: bool


def days(now: datetime) -> list[Day]:
    """Dates of the last two weeks and the next two days, the newest first."""
    near = SessionDate.objects.standing().filter(
        starts_at__gt=now - BACK, starts_at__lt=now + AHEAD
    )
    shown = near.exclude(session__state__in=(SessionState.DRAFT, SessionState.CANCELLED))
    found = list(shown.select_related("session__course", "space").order_by("-starts_at", "pk"))
    sessions = {date.session_id for date in found}
    booked: Any = Seat.objects.filter(session__in=sessions, state__in=KEPT).order_by()
    seats = dict(booked.values_list("session").annotate(Count("pk")))
    rows: Any = AttendanceMark.objects.filter(date__in=found, corrects=None).order_by()
    marked = dict(rows.values_list("date").annotate(Count("pk")))
    return [
        Day(date, seats.get(date.session_id, 0), marked.get(date.pk, 0), is_open(date, now))
        for date in found
    ]


def sessions_to_settle() -> list[Session]:
    return list(dated(Session.objects.filter(state=SessionState.FINISHED), "last_at"))


def sessions_running() -> list[Session]:
    return list(dated(Session.objects.filter(state=SessionState.RUNNING), "last_at"))


def in_room(session: Session) -> SeatQuerySet:
    """Seats that are, or were, in the room, by organisation and person."""
    rows = Seat.objects.filter(session=session, state__in=KEPT)
    rows = rows.select_related("learner", "membership__user", "tenant", "session")
    return rows.order_by("tenant__name", "learner__number", "membership", "pk")


def name_of(seat: Seat) -> str:
    """Whole, for those who call the roll and sign what is printed."""
    if isinstance(seat.person, Learner):
        return seat.person.name or "–"
    return str(seat.membership.user) if seat.membership else "–"


def number_of(seat: Seat) -> str:
    return seat.learner.number if seat.learner else ""


@dataclass(frozen=True, slots=True)
class Roll:
    """One seat of a date's list with what counts for it now."""

    seat: Seat
    mark: AttendanceMark | None
    earlier: int

    @property
    def name(self) -> str:
        return name_of(self.seat)

    @property
    def number(self) -> str:
        return number_of(self.seat)


def roll_of(date: SessionDate, seats: list[Seat]) -> list[Roll]:
    keys = [seat.pk for seat in seats]
    marks = AttendanceMark.objects.filter(date=date, seat__in=keys)
    counting = {mark.seat_id: mark for mark in marks.counting().select_related("by")}
    grouped: Any = marks.order_by().values_list("seat")
    times = dict(grouped.annotate(Count("pk")))
    return [Roll(seat, counting.get(seat.pk), max(times.get(seat.pk, 0) - 1, 0)) for seat in seats]


def unmarked(date: SessionDate) -> list[Seat]:
    """Booked seats of its session without a mark on this date."""
    marked = AttendanceMark.objects.filter(date=date).values("seat")
    own = Seat.objects.filter(session=date.session_id, state=SeatState.BOOKED)
    return list(own.filter(~Q(pk__in=marked)).order_by("pk"))


WORDS = {
    Outcome.NEW: "new",
    Outcome.THERE: "there",
    Outcome.REVOKED: "revoked",
    Outcome.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One seat of a session as its page shows it."""

    line: Line

    @property
    def seat(self) -> Seat:
        return self.line.seat

    @property
    def name(self) -> str:
        return name_of(self.seat)

    @property
    def number(self) -> str:
        return number_of(self.seat)

    @property
    def state(self) -> Sentence:
        return SeatState(self.line.state).label

    @property
    def result(self) -> TestResult | None:
        return self.line.reached.result

    @property
    def refusals(self) -> list[Sentence]:
        return self.line.reached.refusals

    @property
    def certificate(self) -> str:
        """``new``, ``there``, ``revoked``, ``refused``, or nothing where the park issues none."""
        return WORDS[self.line.planned.outcome] if self.line.planned else ""

    @property
    def issued(self) -> Any:
        return self.line.planned.certificate if self.line.planned else None
