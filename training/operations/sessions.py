"""A session from draft to its end: what it offers, and the steps of its life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from tenants.isolation.context import enter_tenant
from training.charging import charge_seat
from training.models import (
    NO_CERTIFICATE,
    Seat,
    SeatState,
    Session,
    SessionState,
    SessionTrainer,
    Trainer,
)
from training.models.seats import PENDING
from training.operations.dates import give_rooms_back
from training.operations.giving_up import cancel_all
from training.operations.letters import write_to_all
from training.operations.promoting import promote
from training.operations.rows import locked, move
from training.operations.rows import saved as saved_seats
from training.operations.telling import tell
from training.permissions import permissions
from training.room import count

ACTION = "manage_sessions"
S = SessionState
# What may be changed of one that people have seats in; the rest is settled when it opens.
WHILE_OPEN = frozenset(
    {"is_listed", "closes_at", "hold_until", "most_per_organisation", "name_zh", "name_en"}
)


@operation
def add_session(
    *, actor: Actor, now: datetime, trainers: Iterable[Trainer] = (), **values: Any
) -> Session:
    """A draft that nobody sees yet. ``values``: the columns of Session down to ``hold_until``.

    Raises NotPermitted and the refusals of its constraints.
    """
    permissions.require(actor, ACTION)
    made = saved(Session(**values), {})
    _set_trainers(made, {each.pk for each in trainers})
    return made


@operation
def change_session(
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    trainers: Iterable[Trainer] | None = None,
    **values: Any,
) -> Session:
    """All of a draft; of one that is open what changes nobody's seat (``WHILE_OPEN``).

    Raises NotPermitted, WrongState, and the refusals of its constraints.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    values = {name: value for name, value in values.items() if getattr(fresh, name) != value}
    allowed = values.keys() if fresh.state == S.DRAFT else WHILE_OPEN
    if fresh.state not in (S.DRAFT, S.OPEN, S.CLOSED) or values.keys() - allowed:
        raise WrongState
    if trainers is not None:
        _set_trainers(fresh, {each.pk for each in trainers})
    return _changed(fresh, values)


def _set_trainers(session: Session, wanted: set[int]) -> None:
    rows = set(session.trainer_rows.values_list("trainer", flat=True))
    session.trainer_rows.filter(trainer__in=rows - wanted).delete()
    for pk in sorted(wanted - rows):
        saved(SessionTrainer(session=session, trainer_id=pk), {})


@operation
def set_capacity(*, actor: Actor, now: datetime, session: Session, capacity: int) -> Session:
    """More seats go to who waits at once, and to nobody whom the park has not approved.

    Raises NotPermitted, WrongState, DomainErrors ``session_capacity`` and ``seats_taken`` for
    fewer than are taken or kept for universities.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    if fresh.state not in (S.DRAFT, S.OPEN, S.CLOSED):
        raise WrongState
    room = count(fresh, now)
    bound = room.seats + room.guests + room.kept()
    if capacity < bound:
        raise DomainError(
            _("%(count)s seats are taken or kept for universities."),
            code="seats_taken",
            params={"count": bound},
        )
    _changed(fresh, {"capacity": capacity})
    promote(fresh, now)
    return fresh


@operation
def open_session(*, actor: Actor, now: datetime, session: Session) -> Session:
    """It can be seen, and booked from ``opens_at``. The rule of the course is frozen into it.

    Raises NotPermitted, WrongState, DomainErrors ``no_dates`` and ``course_retired``.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(S.OPEN)
    if not fresh.dates.standing().exists():
        raise DomainError(_("It has no date yet."), code="no_dates")
    if fresh.course and fresh.course.retired_at is not None:
        raise DomainError(_("The course is retired."), code="course_retired")
    return _changed(Session.objects.get(pk=fresh.pk), {"state": S.OPEN, **_rule(fresh, now)})


def _rule(session: Session, now: datetime) -> dict[str, Any]:
    """Of the course, or of an event, which is for nothing and certifies nothing."""
    course = session.course
    if course is None:
        minutes = sum(date.minutes for date in session.dates.standing())
        return {
            "opened_at": now,
            "minutes": minutes,
            "minutes_per_hour": 45,
            "price": Decimal(0),
            "attendance_percent": 1,
            "test_required": False,
            "certificate_kind": NO_CERTIFICATE,
        }
    names = ("minutes", "minutes_per_hour", "price", "attendance_percent", "test_required")
    frozen = {name: getattr(course, name) for name in (*names, "certificate_kind")}
    return {"opened_at": now, **frozen}


@operation
def close_session(*, actor: Actor, now: datetime, session: Session) -> Session:
    """No more bookings and no more names. What is held, offered or asked for, and the waiting
    list, are over with it. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(S.CLOSED)
    _end_pending(fresh, now)
    return _changed(Session.objects.get(pk=fresh.pk), {"state": S.CLOSED})


def _end_pending(session: Session, now: datetime) -> None:
    """Those whose map knows no other end than the park's word are cancelled, the others lapse."""
    states = (SeatState.HELD, SeatState.OFFERED, SeatState.WAITLISTED, SeatState.REQUESTED)
    for tenant_id, own in _by_tenant(session, states).items():
        with enter_tenant(tenant_id):
            for seat in own:
                asked = seat.state == SeatState.REQUESTED
                move(seat, SeatState.CANCELLED if asked else SeatState.EXPIRED, now)
            saved_seats(own)
            tell(tenant_id, now, session, own, "lapsed")


@operation
def start_session(*, actor: Actor, now: datetime, session: Session) -> Session:
    """The first date has come: whoever pays for seats is charged for those that are booked.

    Raises NotPermitted, WrongState, DomainError ``too_early``, and what
    ``billing.operations.charging.charge`` raises.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(S.RUNNING)
    first = fresh.dates.standing().first()
    if first is None or first.starts_at > now:
        raise DomainError(_("Its first date has not begun."), code="too_early")
    for seat in Seat.objects.filter(session=fresh, state=SeatState.BOOKED).select_related("tenant"):
        if seat.tenant.left_at is None:
            charge_seat(actor, now, fresh, seat)
    return _changed(Session.objects.get(pk=fresh.pk), {"state": S.RUNNING})


@operation
def finish_session(*, actor: Actor, now: datetime, session: Session) -> Session:
    """The last date is over. Raises NotPermitted, WrongState, DomainError ``too_early``."""
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(S.FINISHED)
    if fresh.dates.standing().filter(ends_at__gt=now).exists():
        raise DomainError(_("Its last date is not over."), code="too_early")
    return _changed(Session.objects.get(pk=fresh.pk), {"state": S.FINISHED})


@operation
def cancel_session(*, actor: Actor, now: datetime, session: Session, reason: str) -> Session:
    """It does not take place: seats go back to agreements, rooms to the ledger, and whoever booked
    or was invited is told. Raises NotPermitted, WrongState, DomainError ``session_cancelled_why``."""
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(S.CANCELLED)
    fresh.closing_reason = reason.strip()
    for tenant_id, own in _by_tenant(fresh, PENDING).items():
        with enter_tenant(tenant_id):
            cancel_all(actor, now, fresh, own)
            tell(tenant_id, now, fresh, own, "cancelled", fresh.closing_reason)
    write_to_all(fresh, now, "cancelled")
    give_rooms_back(actor, now, list(fresh.dates.standing().select_related("space")))
    values = {"state": S.CANCELLED, "closing_reason": fresh.closing_reason}
    return _changed(Session.objects.get(pk=fresh.pk), values)


def _by_tenant(session: Session, states: Iterable[str]) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = defaultdict(list)
    seats = Seat.objects.filter(session=session, state__in=tuple(states)).order_by("tenant", "pk")
    for seat in seats:
        found[seat.tenant_id].append(seat)
    return found


def _changed(session: Session, values: dict[str, Any]) -> Session:
    return changed(session, {**values, "version": session.version + 1}) if values else session
