"""The waiting list as its people use it, and the park's word on what was asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from tenants import standing
from tenants.isolation.context import enter_tenant
from training.models import Seat, SeatState
from training.operations.promoting import against_of, promote
from training.operations.rows import locked, move, own_seats, saved, session_of
from training.operations.telling import tell
from training.permissions import permissions
from training.room import Room

S = SeatState


@operation
def accept(*, actor: Actor, now: datetime, seats: Iterable[Seat]) -> list[Seat]:
    """Take what is offered, all of it or some; the rest stays offered until it is declined or its
    time is over. A seat without a name is held.

    Raises NotPermitted, ``HasLeft``, InvalidInput, WrongState (also for an offer that is over),
    Seat.DoesNotExist, DomainError ``holds_over`` for blank seats too late.
    """
    permissions.require(actor, "book_seats")
    chosen = list(seats)
    session = session_of(chosen)
    standing.require_present(chosen[0].tenant_id)
    fresh = locked(session, now)
    own = own_seats(actor, fresh, chosen, S.OFFERED)
    for seat in own:
        _given(seat, now)
    return saved(own)


def _given(seat: Seat, now: datetime) -> None:
    if not seat.is_blank:
        move(seat, S.BOOKED, now)
        return
    if seat.session.hold_until <= now:
        raise DomainError(
            _("Blank seats are not held for this session any more: give them names first."),
            code="holds_over",
        )
    move(seat, S.HELD, now)
    seat.hold_expires_at = seat.session.hold_until


@operation
def approve(*, actor: Actor, now: datetime, seats: Iterable[Seat]) -> list[Seat]:
    """The park says yes to what was asked for. Whether there is a seat is another fact: what does
    not fit goes to the waiting list, since when it was asked for.

    Raises NotPermitted, InvalidInput, WrongState, Seat.DoesNotExist.
    """
    permissions.require(actor, "decide_seats")
    chosen = list(seats)
    fresh = locked(session_of(chosen), now)
    own = own_seats(actor, fresh, chosen, S.REQUESTED)
    room = promote(
        fresh,
        now,
        {s.agreement_id for s in own if s.agreement_id},
        {s.funding_line_id for s in own if s.funding_line_id},
    )
    for seat in own:
        _approved(room, seat, now)
    saved(own)
    _tell(now, own, "approved")
    return own


def _approved(room: Room, seat: Seat, now: datetime) -> None:
    against = against_of(seat)
    can_be_held = not seat.is_blank or seat.session.hold_until > now
    if room.left(against) and can_be_held:
        room.give(against, 1)
        _given(seat, now)
        return
    move(seat, S.WAITLISTED, now)
    seat.queued_at = seat.created_at


@operation
def decline_request(
    *, actor: Actor, now: datetime, seats: Iterable[Seat], reason: str
) -> list[Seat]:
    """The park says no, and why. Raises NotPermitted, InvalidInput, WrongState, Seat.DoesNotExist,
    DomainError ``seat_declined_why``."""
    permissions.require(actor, "decide_seats")
    chosen = list(seats)
    fresh = locked(session_of(chosen), now)
    own = own_seats(actor, fresh, chosen, S.REQUESTED)
    for seat in own:
        move(seat, S.DECLINED, now)
        seat.reason = reason.strip()
    saved(own)
    _tell(now, own, "declined", reason.strip())
    return own


@operation
def set_priority(
    *, actor: Actor, now: datetime, seats: Iterable[Seat], priority: int, reason: str
) -> list[Seat]:
    """Move seats up or down the waiting list, and say why: the trail keeps who did.

    Raises NotPermitted, InvalidInput without a reason, WrongState, Seat.DoesNotExist.
    """
    permissions.require(actor, "decide_seats")
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why.")})
    chosen = list(seats)
    fresh = locked(session_of(chosen), now)
    own = own_seats(actor, fresh, chosen, S.WAITLISTED)
    for seat in own:
        seat.priority, seat.reason = priority, reason.strip()
    return saved(own)


def _tell(now: datetime, seats: list[Seat], what: str, reason: str = "") -> None:
    by_tenant: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_tenant[seat.tenant_id].append(seat)
    for tenant_id, own in by_tenant.items():
        with enter_tenant(tenant_id):
            tell(tenant_id, now, own[0].session, own, what, reason)
