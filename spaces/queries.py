"""Reads of the ledger: what is taken, for everybody; what state a space is in, for its reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from spaces.models import Occupancy, OccupancyKind, OccupancyState, Space
from tenants.isolation.context import glancing

# A lease that ends so soon is shown as ending.
ENDING = timedelta(days=90)
LAST = datetime.max.replace(tzinfo=UTC)


class Busy(NamedTuple):
    """So much of a space is taken for that long, by whomever; None is until further notice."""

    space_id: int
    start: datetime
    end: datetime | None
    amount: int


def busy(
    *, spaces: Iterable[Space], start: datetime, end: datetime | None, now: datetime
) -> list[Busy]:
    """What is taken of these spaces in ``[start, end)``, cut to that span, in order of time.

    Whoever has it: this is the one read across organisations, and it tells nothing of them. An
    expired hold is not busy, what was completed was. Writes nothing, not even in the trail.
    """
    with glancing():
        return taken_spans({space.pk for space in spaces}, start, end, now)


def taken_spans(
    space_ids: Collection[int], start: datetime, end: datetime | None, now: datetime
) -> list[Busy]:
    """What :func:`busy` gives, as far as the transaction's role sees it: for operations that have
    crossed over to all organisations themselves."""
    rows = Occupancy.objects.standing(now).overlapping(start, end).filter(space__in=space_ids)
    found = rows.order_by("during", "pk").values_list("space_id", "during", "amount")
    return [
        Busy(space_id, max(during.lower, start), _earlier(during.upper, end), amount)
        for space_id, during, amount in found
    ]


def peak(rows: Iterable[Busy]) -> int:
    """The most that is taken at any one moment of spans of one space."""
    changes: dict[datetime, int] = defaultdict(int)
    for row in rows:
        changes[row.start] += row.amount
        changes[row.end or LAST] -= row.amount
    taken = most = 0
    for moment in sorted(changes):
        taken += changes[moment]
        most = max(most, taken)
    return most


def free_amount(*, space: Space, start: datetime, end: datetime | None, now: datetime) -> int:
    """How many of a space are free for the whole of ``[start, end)``; never below zero."""
    if space.retired_at is not None:
        return 0
    return max(space.quantity - peak(busy(spaces=[space], start=start, end=end, now=now)), 0)


class SpaceState(models.TextChoices):
    FREE = "free", pgettext_lazy("space", "Free")
    RESERVED = "reserved", pgettext_lazy("space", "Held")
    BOOKED = "booked", pgettext_lazy("space", "Booked")
    LEASED = "leased", pgettext_lazy("space", "Leased")
    ENDING = "ending", pgettext_lazy("space", "Lease ends within 90 days")
    BLOCKED = "blocked", pgettext_lazy("space", "Blocked")
    MAINTENANCE = "maintenance", pgettext_lazy("space", "In maintenance")
    # What others have: nobody is told who or what for.
    TAKEN = "taken", pgettext_lazy("space", "Taken")


# Of several things on a day the last one here is shown.
WEIGHT = {state: weight for weight, state in enumerate(SpaceState)}


def day_span(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight where the park is."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def states_on(
    *, actor: Actor, spaces: Iterable[Space], day: date, now: datetime
) -> dict[int, SpaceState]:
    """The state of each space on a day, by key; see :func:`states`."""
    start, end = day_span(day)
    return states(actor=actor, spaces=spaces, start=start, end=end, now=now)


def states_now(*, actor: Actor, spaces: Iterable[Space], now: datetime) -> dict[int, SpaceState]:
    """The state of each space at this moment, by key; see :func:`states`."""
    moment = timedelta(microseconds=1)
    return states(actor=actor, spaces=spaces, start=now, end=now + moment, now=now)


def states(
    *, actor: Actor, spaces: Iterable[Space], start: datetime, end: datetime, now: datetime
) -> dict[int, SpaceState]:
    """The state of each space in ``[start, end)``, by key; of several the weightiest.

    The park's staff see what it is. Others see that of their own rows, and ``TAKEN`` where
    somebody else has it. A space that is counted is taken when nothing of it is free.
    """
    chosen = {space.pk: space for space in spaces}
    own = Occupancy.objects.visible_to(actor).standing(now).overlapping(start, end)
    found = dict.fromkeys(chosen, SpaceState.FREE)
    for row in own.filter(space__in=chosen, space__is_exclusive=True):
        state = state_of(row, start)
        found[row.space_id] = max(found[row.space_id], state, key=WEIGHT.__getitem__)
    for pk in _full(list(chosen.values()), start, end, now):
        if found[pk] == SpaceState.FREE:
            found[pk] = SpaceState.TAKEN
    return found


def _full(spaces: list[Space], start: datetime, end: datetime, now: datetime) -> list[int]:
    by_space = defaultdict(list)
    for row in busy(spaces=spaces, start=start, end=end, now=now):
        by_space[row.space_id].append(row)
    return [s.pk for s in spaces if peak(by_space[s.pk]) >= s.quantity]


def state_of(row: Occupancy, at: datetime) -> SpaceState:
    """What a row makes of its space at that moment."""
    if row.kind == OccupancyKind.MAINTENANCE:
        return SpaceState.MAINTENANCE
    if row.kind == OccupancyKind.BLOCK:
        return SpaceState.BLOCKED
    if row.kind == OccupancyKind.LEASE and row.state != OccupancyState.HELD:
        ends_soon = row.last_moment is not None and row.last_moment <= at + ENDING
        return SpaceState.ENDING if ends_soon else SpaceState.LEASED
    if row.kind in (OccupancyKind.LEASE, OccupancyKind.HOLD):
        return SpaceState.RESERVED
    return SpaceState.BOOKED


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
