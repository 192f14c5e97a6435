"""Marking who was there, and what came of the test; nothing that was said is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from training.check_in_codes import ON_TIME, is_open
from training.models import (
    AttendanceMark,
    MarkKind,
    MarkSource,
    Seat,
    SeatState,
    Session,
    SessionDate,
    SessionState,
    TestResult,
)
from training.models.attendance import IN_PART, THERE
from training.operations.rows import locked
from training.permissions import permissions

M = MarkKind
OPEN = (SessionState.OPEN, SessionState.CLOSED, SessionState.RUNNING, SessionState.FINISHED)


class Unasked(Enum):
    UNASKED = 0


# Whoever marks without having looked at what is there.
UNASKED = Unasked.UNASKED


@dataclass(frozen=True, slots=True)
class Said:
    """One mark as it is given. ``minutes`` are asked for who was there in part; ``shown`` is the
    mark that its giver saw, by key, None for none."""

    seat: Seat
    kind: str
    minutes: int | None = None
    reason: str = ""
    shown: int | Unasked | None = UNASKED


class HasCheckedIn(DomainError):
    """Told with the time of the first."""

    code = "checked_in"
    message = _("Checked in already, at %(time)s.")


@operation
def mark_attendance(
    *,
    actor: Actor,
    now: datetime,
    date: SessionDate,
    said: Iterable[Said],
    source: str = MarkSource.STAFF,
) -> list[AttendanceMark]:
    """Marks of one date, all or none. What says nothing new leaves no row; a correction has a
    reason, and the mark before it stays.

    Raises NotPermitted, WrongState where the session is settled or the date is not to be marked,
    Seat.DoesNotExist for a seat of another session, InvalidInput for minutes that cannot be, and
    DomainErrors ``mark_corrected_why``, ``mark_first_once``, ``mark_corrected_once``.
    """
    permissions.require(actor, "mark_attendance")
    given = list(said)
    session, own = _open(date, now)
    if own.starts_at > now:
        raise DomainError(_("This date has not begun."), code="too_early")
    seats = _in_room(session, given)
    latest = {mark.seat_id: mark for mark in _counting(own, seats.values())}
    made = [_marked(actor, now, own, each, latest.get(each.seat.pk), source) for each in given]
    new = [mark for mark in made if mark is not None]
    for mark in new:
        mark.tenant_id = seats[mark.seat_id].tenant_id
        mark.save(force_insert=True)
    return new


@operation
def check_in(*, actor: Actor, now: datetime, seat: Seat, date: SessionDate) -> AttendanceMark:
    """Whoever sits on the seat is there now; the code on the screen is the permission.

    In time counts all of the date's minutes, later those that are left. Raises WrongState where
    one cannot check in, ``HasCheckedIn``, and DomainError ``marked`` where staff have said so
    already.
    """
    session, own = _open(date, now)
    if not is_open(own, now):
        raise WrongState
    fresh = Seat.objects.filter(session=session, state=SeatState.BOOKED).get(pk=seat.pk)
    for mark in _counting(own, [fresh]):
        raise _told_before(mark)
    in_time = now <= own.starts_at + ON_TIME
    left = int((own.ends_at - now).total_seconds() // 60)
    return AttendanceMark.objects.create(
        tenant_id=fresh.tenant_id,
        seat=fresh,
        date=own,
        kind=M.PRESENT if in_time else M.LATE,
        minutes=own.minutes if in_time else max(left, 1),
        source=MarkSource.CODE,
        at=now,
    )


@operation
def record_results(
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    said: Iterable[tuple[Seat, bool, Decimal | None]],
    reason: str = "",
) -> int:
    """Results of many, all or none; gives how many are new. Raises as ``record_result`` does."""
    done = [
        record_result(actor=actor, now=now, seat=seat, passed=passed, score=score, reason=reason)
        for seat, passed, score in said
    ]
    return sum(each is not None for each in done)


@operation
def record_result(
    *,
    actor: Actor,
    now: datetime,
    seat: Seat,
    passed: bool,
    score: Decimal | None = None,
    reason: str = "",
) -> TestResult | None:
    """The result of the test; None where it says nothing new.

    Raises NotPermitted, WrongState where the session is settled, DomainErrors ``result_score``,
    ``result_corrected_why`` for a correction without a reason.
    """
    permissions.require(actor, "mark_attendance")
    session = locked(seat.session, now)
    if session.state not in OPEN:
        raise WrongState
    own = Seat.objects.filter(session=session, state=SeatState.BOOKED).get(pk=seat.pk)
    last = TestResult.objects.counting().filter(seat=own).first()
    if last is not None and (last.passed, last.score) == (passed, score):
        return None
    return TestResult.objects.create(
        tenant_id=own.tenant_id,
        seat=own,
        passed=passed,
        score=score,
        reason=reason.strip() if last else "",
        corrects=last,
        at=now,
        by_id=actor.user_id,
    )


def _open(date: SessionDate, now: datetime) -> tuple[Session, SessionDate]:
    """Session and date as they are under the session's lock. Raises WrongState."""
    session = locked(date.session, now)
    own = SessionDate.objects.get(pk=date.pk)
    if session.state not in OPEN or own.cancelled_at is not None:
        raise WrongState
    return session, own


def _in_room(session: Session, said: list[Said]) -> dict[int, Seat]:
    """Raises Seat.DoesNotExist for what is not booked in this session, InvalidInput for twice."""
    keys = {each.seat.pk for each in said}
    if len(keys) < len(said):
        raise InvalidInput(_("The same seat is marked twice."), code="marked_twice")
    found = {seat.pk: seat for seat in Seat.objects.filter(session=session, state=SeatState.BOOKED, pk__in=keys)}  # fmt: skip
    if len(found) < len(keys):
        raise Seat.DoesNotExist
    return found


def _counting(date: SessionDate, seats: Iterable[Seat]) -> Iterable[AttendanceMark]:
    keys = [seat.pk for seat in seats]
    return AttendanceMark.objects.counting().filter(date=date, seat__in=keys)


def _marked(
    actor: Actor,
    now: datetime,
    date: SessionDate,
    said: Said,
    last: AttendanceMark | None,
    source: str,
) -> AttendanceMark | None:
    minutes = _minutes(date, said)
    if said.shown is not UNASKED and said.shown != (last.pk if last else None):
        raise DomainError(
            _("Somebody else has marked this in the meantime. Look at the list again."),
            code="marked_meanwhile",
        )
    if last is not None and (last.kind, last.minutes) == (said.kind, minutes):
        return None
    return AttendanceMark(
        seat_id=said.seat.pk,
        date=date,
        kind=said.kind,
        minutes=minutes,
        source=source,
        reason=said.reason.strip(),
        corrects=last,
        at=now,
        by_id=actor.user_id,
    )


def _minutes(date: SessionDate, said: Said) -> int:
    if said.kind not in THERE:
        return 0
    if said.kind not in IN_PART:
        return date.minutes
    if said.minutes is None or not 0 < said.minutes < date.minutes:
        raise InvalidInput(
            _("Say how many of the %(all)s minutes who came late or left early was there."),
            code="mark_minutes",
            params={"all": date.minutes},
        )
    return said.minutes


def _told_before(mark: AttendanceMark) -> DomainError:
    if mark.source == MarkSource.CODE:
        return HasCheckedIn(params={"time": f"{timezone.localtime(mark.at):%H:%M}"})
    return DomainError(_("The staff have marked this already. Ask them."), code="marked")
