"""The waiting list of a session: what has become free is offered in the same transaction.

The order is priority, then the time since when somebody waits, then the key. A group that wants
all or none is passed over where not all fit, and the seats say why; of any other group as many are
offered as there are. An offer is answered by its moment, and nobody behind is asked before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext_noop

from residency.models import Stay, StayState
from tenants.isolation.context import across_tenants, enter_tenant, glancing
from tenants.models import Tenant
from training.locks import lock_quotas
from training.models import PartyRule, Seat, SeatState, Session
from training.operations.rows import OFFERED_FOR, move, saved
from training.operations.telling import tell
from training.room import Against, Room, count

S = SeatState
COUNTED = gettext_noop("counted the seats of a session")


def promote(
    session: Session,
    now: datetime,
    agreements: Collection[int] = (),
    lines: Collection[int] = (),
) -> Room:
    """Offer what is free to whoever waits, and give what is left after that.

    The caller holds the lock of the session. ``agreements`` and ``lines`` are what it is going to
    count against itself: they are locked here with those of who waits, all in one order.
    """
    line = Seat.objects.filter(session=session, state=S.WAITLISTED).order_by()
    with glancing():
        quotas = list(line.values_list("agreement_id", "funding_line_id").distinct())
    agreements = {*agreements, *(pk for pk, _line in quotas if pk)}
    lines = {*lines, *(pk for _agreement, pk in quotas if pk)}
    lock_quotas(agreements, lines)
    with across_tenants(COUNTED):
        room = count(session, now, agreements, lines)
        if quotas and room.free > 0 and session.is_open(now):
            _offer(room, _served(list(line.waiting())), now)
    return room


def _served(waiting: list[Seat]) -> list[list[Seat]]:
    """In groups, each at the place of its first; of organisations that may book."""
    tenants = {seat.tenant_id for seat in waiting}
    gone = set(
        Tenant.objects.filter(pk__in=tenants, left_at__isnull=False).values_list("pk", flat=True)
    )
    resting = Stay.objects.filter(tenant__in=tenants, state=StayState.SUSPENDED)
    gone |= set(resting.values_list("tenant", flat=True))
    groups: dict[object, list[Seat]] = defaultdict(list)
    for seat in waiting:
        if seat.tenant_id not in gone:
            groups[(seat.tenant_id, seat.party or seat.pk)].append(seat)
    return list(groups.values())


def _offer(room: Room, groups: list[list[Seat]], now: datetime) -> None:
    offered, skipped = [], []
    for group in groups:
        left = room.left(against_of(group[0]))
        if group[0].party_rule == PartyRule.ALL_OR_NONE and left < len(group):
            skipped += _note(group, left, now)
            continue
        chosen = group[:left]
        room.give(against_of(group[0]), len(chosen))
        offered += chosen
        if room.free <= 0:
            break
    _write(room.session, [*offered, *skipped], {seat.pk for seat in offered}, now)


def against_of(seat: Seat) -> Against:
    return Against(seat.tenant_id, seat.agreement_id, seat.funding_line_id)


def _note(group: list[Seat], left: int, now: datetime) -> list[Seat]:
    """Those for whom there are more or fewer than when the list last passed them over."""
    changed = [seat for seat in group if seat.skipped_left != left]
    for seat in changed:
        seat.skipped_at, seat.skipped_left = now, left
    return changed


def _write(session: Session, seats: Iterable[Seat], offered: set[int], now: datetime) -> None:
    """For each organisation inside it, so that its trail names nobody of another."""
    by_tenant: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_tenant[seat.tenant_id].append(seat)
    until = min(now + OFFERED_FOR, session.closes_at)
    for tenant_id, own in sorted(by_tenant.items()):
        with enter_tenant(tenant_id):
            for seat in own:
                if seat.pk in offered:
                    move(seat, S.OFFERED, now)
                    seat.offer_expires_at = until
            saved(own)
            tell(tenant_id, now, session, [s for s in own if s.pk in offered], "offered")
