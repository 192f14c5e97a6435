"""Who has which space when: the only writes of the ledger.

Each of these takes the locks of the spaces first (``spaces.locks``), so that same-slot bursts
queue up instead of waiting for each other's rows. That nothing overlaps is then for the exclusion
constraint to say, and that not more is taken than there is for a count across organisations.

The apps that lease, book and teach call these in their own operations, after their own
permissions and rules, and keep the rows they get. An operation that calls several of these in one
transaction calls ``lock_spaces`` first, with every space it may touch.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from spaces.locks import lock_spaces
from spaces.models import Occupancy, OccupancyState, Space
from spaces.operations.judging import (
    TAKE,
    check_held_until,
    check_not_over,
    check_space,
    check_span,
    check_wants,
    permit,
    require_live,
    require_not_expired,
)
from spaces.operations.making_room import Span, give_way, lapse_expired, require_enough, with_room
from spaces.permissions import permissions
from tenants import standing
from tenants.models import Tenant

# Rows of one taking may change places: judged when all have moved.
LATER = "set constraints occupancy_no_overlap deferred"

# As SQL, because it is a quarter of the time of a taking to have it put together each time.
WITH_DESKS = """
select * from spaces_space
where id = any (%s) or (parent_id = any (%s) and retired_at is null) order by id
"""


class HasBegun(WrongState):
    """Somebody has had the space already."""

    code = "occupancy_begun"
    message = _("This has begun already: it can be ended, not called off.")


@dataclass(frozen=True, slots=True)
class Want:
    """One thing to take: ``[start, end)``, aware moments; an ``end`` of None is until further
    notice (leases, maintenance and blocks only). ``amount`` is for spaces that are counted.
    ``area`` is the m² that a lease is for, where they are not the space's own, and
    ``expected_until`` tells of what has no ``end`` when it is expected to have one. A session that
    only uses idle hours gives way to whoever takes the space before ``yields_until``."""

    space: Space
    start: datetime
    end: datetime | None
    kind: str
    amount: int = 1
    reason: str = ""
    area: Decimal | None = None
    expected_until: datetime | None = None
    yields_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A row and the span it gets."""

    occupancy: Occupancy
    start: datetime
    end: datetime | None


def take(
    *,
    actor: Actor,
    now: datetime,
    holder: Tenant,
    wants: Sequence[Want],
    source: Model | None = None,
    held_until: datetime | None = None,
) -> list[Occupancy]:
    """Take all of it for ``holder``, or nothing; gives one row for each want, in their order.

    ``source`` is the row of the calling app that it is for. With ``held_until`` the rows are held
    until then and have to be activated, else they count at once. Taking a unit takes its desks.

    Raises NotPermitted (also for a holder that is not the actor's own, unless staff), InvalidInput,
    ``HasLeft``, ``Taken`` with the names of what is taken, ``NotEnough``, and DomainErrors
    ``space_retired``, ``not_by_lease``, ``not_by_hour`` and those of the table's constraints.
    """

    def attempt(clearing: bool) -> list[Occupancy]:
        return _take(
            actor=actor,
            now=now,
            holder=holder,
            wants=wants,
            source=source,
            held_until=held_until,
            clearing=clearing,
        )

    return with_room(attempt, [(each.space, (each.start, each.end)) for each in wants], now)


@operation
def _take(
    *,
    actor: Actor,
    now: datetime,
    holder: Tenant,
    wants: Sequence[Want],
    source: Model | None,
    held_until: datetime | None,
    clearing: bool,
) -> list[Occupancy]:
    permit(actor, {want.kind for want in wants})
    if not actor.is_staff and holder.pk != actor.tenant_id:
        permissions.refuse(actor, TAKE)
    check_wants(actor, wants, now, held_until)
    standing.require_present(holder.pk)
    lock_spaces(want.space for want in wants)
    known = _read_spaces(want.space for want in wants)
    for want in wants:
        check_space(known[want.space.pk], want)
    if clearing:
        lapse_expired(now, known, [(want.start, want.end) for want in wants])
        give_way(actor, now, _spans(wants, known))
    group = uuid.uuid4()
    rows = [_row(known[w.space.pk], w, holder, source, held_until, group, now) for w in wants]
    Occupancy.objects.bulk_create(rows)
    beneath = [_beneath(row, desk) for row in rows for desk in _desks_of(row.space, known)]
    Occupancy.objects.bulk_create(beneath)
    require_enough(now, [*rows, *beneath])
    return rows


@operation
def activate(*, actor: Actor, now: datetime, occupancies: Iterable[Occupancy]) -> list[Occupancy]:
    """What was held counts from now on: a lease is in force, a booking is checked in.

    Raises NotPermitted, WrongState, HoldExpired when the hold is over (even when nobody else has
    taken it), ``HasLeft``, Occupancy.DoesNotExist for rows that the actor does not see.
    """
    rows = _locked(actor, occupancies, is_more=True)
    for row in rows:
        require_not_expired(row, now)
        row.move_to(OccupancyState.ACTIVE)
        row.expires_at = None
    return _saved(rows)


@operation
def prolong(
    *, actor: Actor, now: datetime, occupancies: Iterable[Occupancy], held_until: datetime
) -> list[Occupancy]:
    """Hold it until another moment. A confirmed booking that is given away when nobody comes is a
    row held until a quarter of an hour after it starts, and activated by checking in.

    Raises NotPermitted, WrongState for rows that are not held, HoldExpired, InvalidInput for a
    moment that is over, ``HasLeft``, Occupancy.DoesNotExist.
    """
    check_held_until(held_until, now)
    rows = _locked(actor, occupancies, is_more=True)
    for row in rows:
        if row.state != OccupancyState.HELD:
            raise WrongState
        require_not_expired(row, now)
        row.expires_at = held_until
    return _saved(rows)


def move(*, actor: Actor, now: datetime, moves: Sequence[Move]) -> list[Occupancy]:
    """Give rows another span: later, longer, shorter. All of them or none; the desks of a unit go
    with it. Gives the moved rows, those of desks too.

    Raises NotPermitted, WrongState for rows that are not live, HoldExpired, InvalidInput,
    ``HasLeft``, ``Taken``, ``NotEnough``, Occupancy.DoesNotExist.
    """
    wanted = [(each.occupancy.space, (each.start, each.end)) for each in moves]
    own = [each.occupancy.pk for each in moves]
    return with_room(
        lambda clearing: _move(actor=actor, now=now, moves=moves, clearing=clearing),
        wanted,
        now,
        own,
    )


@operation
def _move(*, actor: Actor, now: datetime, moves: Sequence[Move], clearing: bool) -> list[Occupancy]:
    spans = {each.occupancy.pk: (each.start, each.end) for each in moves}
    if not spans:
        raise InvalidInput(_("Choose what to move."))
    for start, end in spans.values():
        check_span(actor, start, end, now)
    rows = _locked(actor, [each.occupancy for each in moves], is_more=True)
    new = {row.pk: spans.get(row.pk) or spans[row.under_id or row.pk] for row in rows}
    if clearing:
        lapse_expired(now, {row.space_id for row in rows}, list(spans.values()))
        give_way(actor, now, [(row.space_id, new[row.pk]) for row in rows], own=new)
    for row in rows:
        require_live(row, now)
        row.during = DateTimeTZRange(*new[row.pk])
    with connection.cursor() as cursor:
        cursor.execute(LATER)
    _saved(rows)
    require_enough(now, rows)
    return rows


@operation
def release(
    *, actor: Actor, now: datetime, occupancies: Iterable[Occupancy], at: datetime
) -> list[Occupancy]:
    """Give back what is left from ``at`` on: what has begun ends then (and is completed when that
    is not after ``now``), what has not is released, what is over by then stays as it was.

    Raises NotPermitted, WrongState for rows that are not live, HoldExpired, InvalidInput for a
    moment that is over (unless the park's staff put it on record), Occupancy.DoesNotExist.
    """
    check_not_over(actor, at, now)
    rows = _locked(actor, occupancies)
    for row in rows:
        require_live(row, now)
        _give_back(row, at, now)
    return _saved(rows)


@operation
def expect(
    *, actor: Actor, now: datetime, occupancies: Iterable[Occupancy], until: datetime
) -> list[Occupancy]:
    """Say anew when what goes on until further notice is expected to end. Nobody is let in by it:
    the space is free when it is released.

    Raises NotPermitted, WrongState for rows that are not live or have an end, HoldExpired,
    Occupancy.DoesNotExist.
    """
    rows = _locked(actor, occupancies)
    for row in rows:
        require_live(row, now)
        if row.ends_at is not None:
            raise WrongState
        row.expected_until = until
    return _saved(rows)


@operation
def cancel(*, actor: Actor, now: datetime, occupancies: Iterable[Occupancy]) -> list[Occupancy]:
    """It does not take place, and nobody had the space.

    Raises NotPermitted, WrongState for rows that are not live, HoldExpired, HasBegun for active ones that have
    begun (``release`` the rest of them), Occupancy.DoesNotExist.
    """
    rows = _locked(actor, occupancies)
    for row in rows:
        require_live(row, now)
        if row.state == OccupancyState.ACTIVE and row.starts_at <= now:
            raise HasBegun
        row.move_to(OccupancyState.CANCELLED)
        row.expires_at = None
    return _saved(rows)


@operation
def complete(*, actor: Actor, now: datetime, occupancies: Iterable[Occupancy]) -> list[Occupancy]:
    """It took place and is over.

    Raises NotPermitted, WrongState for rows that are not active or go on, Occupancy.DoesNotExist.
    """
    rows = _locked(actor, occupancies)
    for row in rows:
        if row.ends_at is None or row.ends_at > now:
            raise WrongState
        row.move_to(OccupancyState.COMPLETED)
    return _saved(rows)


@operation
def lapse(*, actor: Actor, now: datetime) -> int:
    """Mark the actor's own expired holds as lapsed, for the record: they keep nobody out as it is.

    Gives how many. Raises NotPermitted.
    """
    permissions.require(actor, TAKE)
    own = Occupancy.objects.filter(tenant_id=actor.tenant_id).expired(now)
    lock_spaces(row.space for row in own.select_related("space"))
    return own.update(state=OccupancyState.LAPSED, expires_at=None)


# -- rows ------------------------------------------------------------------------------------------


def _read_spaces(wanted: Iterable[Space]) -> dict[int, Space]:
    """The spaces as they are under the lock, with the desks of units, by key."""
    keys = list({space.pk for space in wanted})
    return {space.pk: space for space in Space.objects.raw(WITH_DESKS, [keys, keys])}


def _spans(wants: Sequence[Want], known: dict[int, Space]) -> list[tuple[int, Span]]:
    """Each space that is wanted and when, with the desks of units. What gives way itself makes
    nothing else give way."""
    return [
        (space.pk, (want.start, want.end))
        for want in wants
        if want.yields_until is None
        for space in [want.space, *_desks_of(want.space, known)]
    ]


def _desks_of(space: Space, known: dict[int, Space]) -> list[Space]:
    return [each for each in known.values() if each.parent_id == space.pk]


def _row(
    space: Space,
    want: Want,
    holder: Tenant,
    source: Model | None,
    held_until: datetime | None,
    group: uuid.UUID,
    now: datetime,
) -> Occupancy:
    return Occupancy(
        tenant=holder,
        space=space,
        is_exclusive=space.is_exclusive,
        during=DateTimeTZRange(want.start, want.end),
        kind=want.kind,
        state=OccupancyState.HELD if held_until else OccupancyState.ACTIVE,
        expires_at=held_until,
        expected_until=want.expected_until,
        amount=want.amount,
        area=want.area,
        yields_until=want.yields_until,
        source_type=source._meta.label_lower if source else "",
        source_id=source.pk if source else None,
        group=group,
        reason=want.reason,
        created_at=now,
    )


def _beneath(row: Occupancy, desk: Space) -> Occupancy:
    """The desk's part in the taking of its unit: all there is of it."""
    return Occupancy(
        tenant_id=row.tenant_id,
        space=desk,
        is_exclusive=desk.is_exclusive,
        during=row.during,
        kind=row.kind,
        state=row.state,
        expires_at=row.expires_at,
        expected_until=row.expected_until,
        amount=desk.quantity,
        source_type=row.source_type,
        source_id=row.source_id,
        group=row.group,
        under=row,
        reason=row.reason,
        created_at=row.created_at,
    )


def _locked(
    actor: Actor, occupancies: Iterable[Occupancy], *, is_more: bool = False
) -> list[Occupancy]:
    """The rows and what lies beneath them, as they are now, their spaces locked. Raises
    NotPermitted.

    Container first: where ``is_more`` of a space may be used than before, the holder is in the park
    and stays until the transaction ends.
    """
    wanted = {row.pk for row in occupancies}
    own = Occupancy.objects.visible_to(actor).filter(Q(pk__in=wanted) | Q(under__in=wanted))
    own = own.select_related("space").order_by("pk")
    found = list(own)
    if not wanted <= {row.pk for row in found}:
        raise Occupancy.DoesNotExist
    permit(actor, {row.kind for row in found})
    if is_more:
        for tenant_id in sorted({row.tenant_id for row in found}):
            standing.require_present(tenant_id)
    lock_spaces(row.space for row in found)
    return list(own.all())


def _give_back(row: Occupancy, at: datetime, now: datetime) -> None:
    if row.ends_at is not None and row.ends_at <= at:
        return
    if row.starts_at >= at:
        row.move_to(OccupancyState.RELEASED)
        row.expires_at = None
        return
    row.during = DateTimeTZRange(row.starts_at, at)
    if row.state == OccupancyState.ACTIVE and at <= now:
        row.move_to(OccupancyState.COMPLETED)


def _saved(rows: list[Occupancy]) -> list[Occupancy]:
    Occupancy.objects.bulk_update(rows, ["during", "state", "expires_at", "expected_until"])
    return rows
