"""The dates of a session, each with its room: both or neither, made, moved and cancelled."""

from __future__ import annotations

from datetime import datetime

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from spaces.locks import lock_spaces
from spaces.models import LIVE, Occupancy, OccupancyKind, Space
from spaces.operations import occupancy as ledger
from tenants.isolation.context import enter_tenant
from tenants.models import Tenant
from training.models import Seat, Session, SessionDate, SessionState
from training.models.seats import PENDING
from training.operations.letters import write_to_all
from training.operations.rows import locked
from training.operations.telling import tell
from training.permissions import permissions

S = SessionState
# A date can be added to a session that runs, as long as it is not over.
CHANGEABLE = (S.DRAFT, S.OPEN, S.CLOSED, S.RUNNING)


@operation
def add_date(
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    space: Space | None = None,
    place: str = "",
    yields_until: datetime | None = None,
) -> SessionDate:
    """A date and its room, or neither. A room that is only lent gives way to whoever takes it
    before ``yields_until``.

    Raises NotPermitted, WrongState, what ``spaces.operations.occupancy.take`` raises, DomainErrors
    ``session_date_span``, ``session_date_where``, ``session_dates_apart``.
    """
    permissions.require(actor, "manage_sessions")
    fresh = _changeable(session, now)
    made = SessionDate(
        session=fresh, starts_at=starts_at, ends_at=ends_at, space=space, place=place.strip(),
        yields_until=yields_until,
    )  # fmt: skip
    saved(made, {})
    if space is not None:
        _take(actor, now, made)
    _said(fresh, now)
    return made


@operation
def move_date(
    *,
    actor: Actor,
    now: datetime,
    date: SessionDate,
    starts_at: datetime,
    ends_at: datetime,
    space: Space | None = None,
    place: str = "",
) -> SessionDate:
    """Another time or another room for it; what it had is free in the same moment.

    Raises NotPermitted, WrongState, and what ``add_date`` raises.
    """
    permissions.require(actor, "manage_sessions")
    fresh = _changeable(date.session, now)
    own = _standing(date)
    lock_spaces(each for each in (own.space, space) if each is not None)
    same = space is not None and own.space_id == space.pk
    rows = rows_of(own)
    if rows and not same:
        ledger.cancel(actor=actor, now=now, occupancies=rows)
    values = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "space_id": space and space.pk,
        "place": place.strip(),
    }
    changed(own, values)
    own.space = space
    if same:
        moves = [ledger.Move(row, starts_at, ends_at) for row in rows]
        ledger.move(actor=actor, now=now, moves=moves)
    elif space is not None:
        _take(actor, now, own)
    _said(fresh, now)
    return own


@operation
def cancel_date(*, actor: Actor, now: datetime, date: SessionDate) -> SessionDate:
    """It does not take place; the room is free. Raises NotPermitted, WrongState, ``HasBegun``."""
    permissions.require(actor, "manage_sessions")
    fresh = _changeable(date.session, now)
    own = _standing(date)
    give_rooms_back(actor, now, [own])
    _said(fresh, now)
    return own


def give_rooms_back(actor: Actor, now: datetime, dates: list[SessionDate]) -> None:
    """These dates do not take place. What has begun in the ledger ends now."""
    rows = [row for date in dates for row in rows_of(date)]
    if rows:
        ledger.cancel(actor=actor, now=now, occupancies=rows)
    for date in dates:
        changed(date, {"cancelled_at": now})


def rows_of(date: SessionDate) -> list[Occupancy]:
    """What it has in the ledger."""
    own = Occupancy.objects.of_source(date).filter(state__in=LIVE, under=None)
    return list(own.select_related("space"))


def _changeable(session: Session, now: datetime) -> Session:
    fresh = locked(session, now)
    if fresh.state not in CHANGEABLE:
        raise WrongState
    return fresh


def _standing(date: SessionDate) -> SessionDate:
    own = SessionDate.objects.select_related("space").get(pk=date.pk)
    if own.cancelled_at is not None:
        raise WrongState
    return own


def _take(actor: Actor, now: datetime, date: SessionDate) -> None:
    assert date.space is not None
    want = ledger.Want(
        date.space,
        date.starts_at,
        date.ends_at,
        OccupancyKind.SESSION,
        yields_until=date.yields_until,
    )
    holder = Tenant.objects.operator()
    ledger.take(actor=actor, now=now, holder=holder, wants=[want], source=date)


def _said(session: Session, now: datetime) -> None:
    """Calendars learn it by the version, and whoever has seats in it by a notice."""
    changed(session, {"version": session.version + 1})
    if session.state == S.DRAFT:
        return
    write_to_all(session, now, "moved")
    seats = list(Seat.objects.filter(session=session, state__in=PENDING).order_by("tenant", "pk"))
    for tenant_id in sorted({seat.tenant_id for seat in seats}):
        with enter_tenant(tenant_id):
            own = [seat for seat in seats if seat.tenant_id == tenant_id]
            tell(tenant_id, now, session, own, "moved")
