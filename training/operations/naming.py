"""Who sits on a seat: named, and changed until the session's cut-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from tenants import standing
from tenants.models import Tenant
from training import rules
from training.models import Seat, SeatState, Session
from training.operations.booking import book, give_name
from training.operations.rows import locked, move, own_seats, saved, session_of
from training.permissions import permissions
from training.rules import Asked, Person

S = SeatState
# A name may be given or changed as long as nothing has come of the seat.
NAMEABLE = (S.HELD, S.REQUESTED, S.WAITLISTED, S.OFFERED, S.BOOKED)


@operation
def name_seats(*, actor: Actor, now: datetime, names: Mapping[Seat, Person]) -> list[Seat]:
    """Give these seats these names: a blank one that is held is booked then, a booked one changes
    hands and stays what it is. All of them or none.

    Raises NotPermitted, ``HasLeft``, InvalidInput, WrongState, Seat.DoesNotExist, DomainError
    ``names_closed`` after the cut-off, and the refusals of ``training.rules``.
    """
    permissions.require(actor, "book_seats")
    session = session_of(names)
    holder = _holder(actor, names)
    standing.require_present(holder.pk)
    fresh = locked(session, now)
    seats = own_seats(actor, fresh, names, *NAMEABLE)
    if now >= fresh.closes_at:
        raise DomainError(_("Names cannot be changed any more."), code="names_closed")
    by_key = {seat.pk: person for seat, person in names.items()}
    asked = Asked(fresh, holder, now, tuple(by_key.values()), by_park=actor.is_staff)
    rules.check(asked)
    if late := rules.waits_only(asked):
        raise rules.NotThese(asked.people, late)
    for seat in seats:
        give_name(seat, by_key[seat.pk])
        if seat.state == S.HELD:
            move(seat, S.BOOKED, now)
    return saved(seats)


def _holder(actor: Actor, names: Mapping[Seat, Person]) -> Tenant:
    holders = {seat.tenant_id for seat in names}
    if len(holders) != 1:
        raise InvalidInput(_("Choose seats of one organisation."), code="no_seats")
    pk = holders.pop()
    if pk != actor.tenant_id and not actor.is_staff:
        raise Seat.DoesNotExist
    return Tenant.objects.get(pk=pk)


@operation
def seat_people(
    *, actor: Actor, now: datetime, session: Session, people: Sequence[Person], waits: bool = False
) -> list[Seat]:
    """Seats for a list of people: the organisation's blank ones get these names, in their order,
    and for whom none is left a seat is booked. All of it or nothing.

    Raises NotPermitted, InvalidInput for nobody, and what ``name_seats`` and ``book`` raise.
    """
    permissions.require(actor, "book_seats")
    if not people:
        raise InvalidInput(_("Choose people."), code="no_people")
    fresh = locked(session, now)
    blank = Seat.objects.filter(tenant_id=actor.tenant_id, session=fresh).held(now)
    own = list(blank.filter(state=S.HELD).select_related("session").order_by("pk")[: len(people)])
    names = dict(zip(own, people, strict=False))
    done = name_seats(actor=actor, now=now, names=names) if names else []
    if rest := people[len(own) :]:
        done += book(actor=actor, now=now, session=fresh, people=rest, waits=waits)
    return done
