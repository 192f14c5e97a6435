"""What a lease has in the ledger: held, in force, taken over from another lease, given back.

A unit in force has **no end** in the ledger, only a day on which it is expected back: so nobody
else can be given it before its inspection is signed, and no job has to run on the last day for
that. A renewal or a change of the lease that has the unit needs no hold: nobody can come in
between, and when it is in force the one row ends where the other begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from leasing.models import Lease, LeaseUnit
from leasing.operations.rows import by_park, live_rows
from leasing.terms import after, midnight
from spaces.locks import lock_spaces
from spaces.models import Occupancy, OccupancyKind, Space
from spaces.operations import occupancy as ledger
from spaces.queries import busy


class NotHeld(DomainError):
    """The hold is over, of one unit at least."""

    code = "lease_not_held"
    message = _("The units are not held any more. Hold them again, then bring it into force.")


def hold_units(lease: Lease, now: datetime, until: datetime) -> None:
    """Hold all of its units that it does not take over, or none. Raises ``Taken``."""
    units = list(lease.units.select_related("space").order_by("pk"))
    lock_spaces(unit.space for unit in units)
    let_go(lease, now)
    wanted = [unit for unit in units if unit.space_id not in _taken_over(lease)]
    if wanted:
        _take(lease, now, wanted, until)


def let_go(lease: Lease, now: datetime) -> None:
    """Nothing is held for it any more; what has lapsed stays as it is."""
    held = [row for row in live_rows(lease) if row.is_live(now)]
    if held:
        ledger.cancel(actor=by_park(lease), now=now, occupancies=held)


def bring_in(lease: Lease, now: datetime) -> None:
    """What was held counts, and what is taken over changes hands. Raises NotHeld, ``Taken``."""
    units = list(lease.units.select_related("space").order_by("pk"))
    lock_spaces([unit.space for unit in units])
    over = _taken_over(lease)
    held = [row for row in live_rows(lease) if row.is_live(now)]
    if {row.space_id for row in held} | set(over) < {unit.space_id for unit in units}:
        raise NotHeld
    if held:
        ledger.activate(actor=by_park(lease), now=now, occupancies=held)
    continued = [unit for unit in units if unit.space_id in over]
    for unit in continued:
        _end(lease, over[unit.space_id], midnight(unit.starts_on), now)
    if continued:
        _take(lease, now, continued, None)


def is_kept(lease: Lease) -> bool:
    """Whether it has a unit that somebody has to take back: one without an end."""
    return any(row.ends_at is None for row in live_rows(lease))


def give_back(lease: Lease, now: datetime) -> list[Space]:
    """From now on its units are free; those that another lease takes over stay until then."""
    rows = [row for row in live_rows(lease) if row.ends_at is None]
    if rows:
        ledger.release(actor=by_park(lease), now=now, occupancies=rows, at=now)
    return [row.space for row in rows]


def expect_back(lease: Lease, now: datetime, last_on: date) -> None:
    """Say in the ledger when its units are expected back."""
    rows = [row for row in live_rows(lease) if row.ends_at is None]
    if rows:
        ledger.expect(actor=by_park(lease), now=now, occupancies=rows, until=after(last_on))


def close_ended(lease: Lease, now: datetime) -> bool:
    """Mark as over what another lease has taken over by now; whether nothing is left."""
    rows = live_rows(lease)
    over = [row for row in rows if row.ends_at is not None and row.ends_at <= now]
    if over:
        ledger.complete(actor=by_park(lease), now=now, occupancies=over)
    return len(over) == len(rows)


def clashes(lease: Lease, now: datetime) -> list[Space]:
    """Units of a draft that somebody has now; for the page, so that it is known early."""
    units = [u for u in lease.units.select_related("space") if u.space_id not in _taken_over(lease)]
    today = timezone.localdate(now)
    found = []
    for unit in units:
        start = midnight(max(unit.starts_on, min(today, unit.ends_on)))
        if busy(spaces=[unit.space], start=start, end=None, now=now):
            found.append(unit.space)
    return found


def _taken_over(lease: Lease) -> dict[int, Occupancy]:
    """Rows of the lease before it, by space, for those of its units that go on."""
    if lease.previous is None:
        return {}
    own = set(lease.units.values_list("space", flat=True))
    rows = [row for row in live_rows(lease.previous) if row.ends_at is None]
    return {row.space_id: row for row in rows if row.space_id in own}


def _end(lease: Lease, row: Occupancy, at: datetime, now: datetime) -> None:
    ledger.release(actor=by_park(lease), now=now, occupancies=[row], at=at)


def _take(
    lease: Lease, now: datetime, units: Iterable[LeaseUnit], until: datetime | None
) -> list[Occupancy]:
    return ledger.take(
        actor=by_park(lease),
        now=now,
        holder=lease.tenant,
        wants=[_want(unit) for unit in units],
        source=lease,
        held_until=until,
    )


def _want(unit: LeaseUnit) -> ledger.Want:
    return ledger.Want(
        unit.space,
        midnight(unit.starts_on),
        None,
        OccupancyKind.LEASE,
        area=unit.area,
        expected_until=after(unit.ends_on),
    )
