"""Across organisations, under the lock of the spaces: what is in the way, and is there enough."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backbone.events import publish
from foundation.actors import Actor
from foundation.errors import DomainError
from spaces.models import Occupancy, OccupancyState, Space
from spaces.queries import peak, taken_spans
from tenants.isolation.context import STAFF, Identity, across_tenants, as_system, enter

Span = tuple[datetime, datetime | None]
Result = TypeVar("Result")
OVERLAPS = "occupancy_no_overlap"
LAPSED = gettext_noop("lapsed expired holds of a space")
GAVE_WAY = gettext_noop("gave idle hours of a space back")
# The event that tells whoever used the idle hours; facts: the type and key of its row.
GIVEN_BACK = "spaces.given_back"
COUNTED = gettext_noop("counted what is taken of a space")
# How many names a refusal tells.
NAMED = 5


class Taken(DomainError):
    """Somebody has it at that time; the sentence names the spaces."""

    code = "space_taken"
    message = _("Taken at that time: %(spaces)s")


class NotEnough(DomainError):
    """Of a space that is counted fewer are free than were asked for."""

    code = "space_not_enough"
    message = _("Not enough is free at that time of %(space)s.")


def lapse_expired(now: datetime, space_ids: Iterable[int], spans: Sequence[Span]) -> None:
    """Expired holds that may be in the way lapse, whoever's they are.

    Whoever only looks leaves nothing in the trail; the crossing is recorded when there are some.
    """
    expired = Occupancy.objects.expired(now).overlapping(*hull(spans))
    expired = expired.filter(space__in=list(space_ids))
    with as_system():
        if not expired.exists():
            return
    # The rows' own trail names nobody: whoever asks for a space is no business of whoever held it.
    with across_tenants(LAPSED), enter(Identity(STAFF)):
        expired.update(state=OccupancyState.LAPSED, expires_at=None)


def give_way(
    actor: Actor, now: datetime, wanted: Iterable[tuple[int, Span]], own: Collection[int] = ()
) -> None:
    """What only uses these spaces' idle hours makes room, whoever's it is, and its app is told.

    No lock but the spaces' is taken here; what the app has to undo it does afterwards, with its
    own locks in its own order.
    """
    found: dict[int, Occupancy] = {}
    with as_system():
        for space_id, span in wanted:
            there = (
                Occupancy.objects.yielding(now)
                .overlapping(*span)
                .filter(space=space_id)
                .exclude(pk__in=own)
            )
            found |= {row.pk: row for row in there}
    if not found:
        return
    with across_tenants(GAVE_WAY), enter(Identity(STAFF)):
        Occupancy.objects.filter(pk__in=found).update(state=OccupancyState.RELEASED)
    for row in found.values():
        publish(
            actor=actor, now=now, kind=GIVEN_BACK, tenant_id=row.tenant_id,
            source_type=row.source_type, source_id=row.source_id,
        )  # fmt: skip


def require_enough(now: datetime, rows: Sequence[Occupancy]) -> None:
    """Raise NotEnough where rows that were just written take more of a space than there is."""
    counted = {row.space_id: row.space for row in rows if not row.is_exclusive}
    if not counted:
        return
    start, end = hull([(row.starts_at, row.ends_at) for row in rows])
    with across_tenants(COUNTED):
        found = taken_spans(counted, start, end, now)
    for pk, space in counted.items():
        if peak(each for each in found if each.space_id == pk) > space.quantity:
            raise NotEnough(params={"space": str(space)})


def with_room(
    attempt: Callable[[bool], Result],
    wanted: Sequence[tuple[Space, Span]],
    now: datetime,
    own: Collection[int] = (),
) -> Result:
    """Make an attempt, and when the constraint finds something in the way look what it is.

    Most find nothing, so they are spared the look. What stands in the way is named, nothing having
    been written; if it is but expired holds and idle hours put to use, a second attempt clears them
    away first (``attempt`` is told so). ``own`` are keys of rows that are in nobody's way: those that were to move.
    Raises Taken.
    """
    try:
        return attempt(False)
    except DomainError as error:
        _require_overlap(error)
        if names := _taken(wanted, now, own):
            raise Taken(params={"spaces": names}) from error
    try:
        return attempt(True)
    except DomainError as error:
        _require_overlap(error)
        # The wishes are in each other's way, or somebody came in between.
        raise Taken(error.message) from error


def _require_overlap(error: DomainError) -> None:
    if error.code != OVERLAPS:
        raise error


def _taken(wanted: Sequence[tuple[Space, Span]], now: datetime, own: Collection[int]) -> str:
    """Names of those that somebody has; what is counted is not for the constraint to say."""
    keys = {space.pk for space, _span in wanted}
    with as_system():
        there = (
            Occupancy.objects.standing(now)
            .overlapping(*hull([span for _space, span in wanted]))
            .filter(Q(space__in=keys) | Q(space__parent__in=keys), is_exclusive=True)
            .exclude(Q(pk__in=own) | Q(under__in=own, under__isnull=False))
            .values_list("space_id", "space__parent_id", "during")
        )
        found = list(there)
    names = [
        str(space)
        for space, (start, end) in wanted
        if any(
            space.pk in (pk, parent_id) and _meet(during, start, end)
            for pk, parent_id, during in found
        )
    ]
    return ", ".join(dict.fromkeys(names[:NAMED]))


def _meet(during: DateTimeTZRange, start: datetime, end: datetime | None) -> bool:
    return (end is None or during.lower < end) and (during.upper is None or start < during.upper)


def hull(spans: Sequence[Span]) -> Span:
    """From the first beginning to the last end."""
    ends = [end for _start, end in spans]
    bounded = [end for end in ends if end is not None]
    return min(start for start, _end in spans), max(bounded) if len(bounded) == len(ends) else None
