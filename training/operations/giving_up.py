"""Seats given up: released, cancelled, left, declined. What becomes free goes to who waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from training.charging import charge_seat
from training.models import Seat, SeatState, Session, SessionState
from training.operations.promoting import promote
from training.operations.rows import locked, move, own_seats, saved, session_of
from training.permissions import permissions

S = SeatState
CANCELLABLE = (SessionState.OPEN, SessionState.CLOSED)


@operation
def release(*, actor: Actor, now: datetime, seats: Iterable[Seat]) -> list[Seat]:
    """Give blank seats back before their time is over; nothing is used up.

    Raises NotPermitted, InvalidInput, WrongState, Seat.DoesNotExist.
    """
    return _given_up(actor, now, list(seats), S.RELEASED, S.HELD)


@operation
def leave(*, actor: Actor, now: datetime, seats: Iterable[Seat]) -> list[Seat]:
    """Leave the waiting list. Raises NotPermitted, InvalidInput, WrongState, Seat.DoesNotExist."""
    return _given_up(actor, now, list(seats), S.LEFT, S.WAITLISTED)


@operation
def decline_offer(*, actor: Actor, now: datetime, seats: Iterable[Seat]) -> list[Seat]:
    """What is offered is not wanted any more: the next is asked.

    Raises NotPermitted, InvalidInput, WrongState, Seat.DoesNotExist.
    """
    return _given_up(actor, now, list(seats), S.DECLINED, S.OFFERED)


@operation
def cancel(*, actor: Actor, now: datetime, seats: Iterable[Seat], reason: str = "") -> list[Seat]:
    """Give booked seats up, or take back what was asked for.

    Until the session's ``cancel_until`` a booked seat goes back to the share and the agreement
    that it came from. Later it counts as used, and who pays for seats is charged for it, while
    somebody else may still get the place.

    Raises NotPermitted, InvalidInput, WrongState (also once the session has begun),
    Seat.DoesNotExist, and what ``billing.operations.charging.charge`` raises.
    """
    permissions.require(actor, "book_seats")
    chosen = list(seats)
    fresh = locked(session_of(chosen), now)
    if fresh.state not in CANCELLABLE:
        raise WrongState
    own = own_seats(actor, fresh, chosen, S.BOOKED, S.REQUESTED)
    for seat in own:
        seat.is_used_up = seat.state == S.BOOKED and now > fresh.cancel_until
        move(seat, S.CANCELLED, now)
        seat.reason = reason.strip()
    saved(own)
    for seat in own:
        if seat.is_used_up:
            charge_seat(actor, now, fresh, seat)
    promote(fresh, now)
    return own


def _given_up(actor: Actor, now: datetime, seats: list[Seat], to: str, was: str) -> list[Seat]:
    permissions.require(actor, "book_seats")
    fresh = locked(session_of(seats), now)
    own = own_seats(actor, fresh, seats, was)
    for seat in own:
        move(seat, to, now)
    saved(own)
    promote(fresh, now)
    return own


def cancel_all(actor: Actor, now: datetime, session: Session, seats: list[Seat]) -> None:
    """By the park, inside an operation that has permitted it: nobody has lost anything."""
    for seat in seats:
        move(seat, S.CANCELLED, now)
        seat.reason = session.closing_reason
    saved(seats)
