"""What the operations of seats share: the lock of a session, seats changed, and whose they are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from spaces.queries import LAST
from tenants.isolation.context import across_tenants, enter_tenant, glancing
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.locks import lock_session
from training.models import FundingLine, Seat, SeatAgreement, SeatState, Session
from training.operations.telling import tell

S = SeatState
LAPSED = gettext_noop("lapsed expired holds and offers of a session")
# An offer that nobody answered goes to the end of the list so often, and is then over.
OFFERS = 2
CHANGED = (
    *("state", "learner", "membership", "priority", "queued_at", "hold_expires_at"),
    *("offer_expires_at", "missed_offers", "skipped_at", "skipped_left", "reason"),
    *("is_used_up", "ended_at"),
)


def locked(session: Session, now: datetime) -> Session:
    """The session as it is under its lock; what had expired is written down, whoever's it was."""
    lock_session(session.pk)
    with glancing():
        fresh = Session.objects.select_related("course").get(pk=session.pk)
        expired = list(Seat.objects.filter(session=fresh).expired(now).values_list("tenant", "pk"))
    if expired:
        _lapse(fresh, now, expired)
    return fresh


def _lapse(session: Session, now: datetime, expired: list[tuple[int, int]]) -> None:
    by_tenant = defaultdict(list)
    for tenant_id, pk in expired:
        by_tenant[tenant_id].append(pk)
    with across_tenants(LAPSED):
        for tenant_id, keys in by_tenant.items():
            # The rows' own trail names nobody: whoever books is no business of whoever held it.
            with enter_tenant(tenant_id):
                _lapse_own(tenant_id, session, now, keys)


def _lapse_own(tenant_id: int, session: Session, now: datetime, keys: list[int]) -> None:
    seats = list(Seat.objects.filter(pk__in=keys).order_by("pk"))
    for seat in seats:
        if seat.state == S.OFFERED:
            seat.missed_offers += 1
        again = seat.state == S.OFFERED and seat.missed_offers < OFFERS
        if again:
            move(seat, S.WAITLISTED, now)
            seat.queued_at = now
        else:
            move(seat, S.EXPIRED, now)
    saved(seats)
    tell(tenant_id, now, session, seats, "lapsed")


def move(seat: Seat, state: str, now: datetime) -> None:
    """The one place in which a seat changes its state; moments of the state before are cleared."""
    seat.move_to(state)
    seat.hold_expires_at = seat.offer_expires_at = None
    seat.skipped_at = seat.skipped_left = None
    if state in (S.CANCELLED, S.DECLINED, S.LEFT, S.EXPIRED, S.RELEASED):
        seat.ended_at = now


def saved(seats: list[Seat]) -> list[Seat]:
    Seat.objects.bulk_update(seats, CHANGED, batch_size=500)
    return seats


def own_seats(actor: Actor, session: Session, seats: Iterable[Seat], *states: str) -> list[Seat]:
    """These seats as they are under the session's lock, in the order of their keys.

    Raises Seat.DoesNotExist for what the actor does not see or lies in another session, WrongState
    for any in another state, InvalidInput for none at all.
    """
    wanted = {seat.pk for seat in seats}
    if not wanted:
        raise InvalidInput(_("Choose seats."), code="no_seats")
    own = Seat.objects.visible_to(actor).filter(pk__in=wanted, session=session).order_by("pk")
    found = list(own.select_related("learner", "membership__user"))
    if len(found) < len(wanted):
        raise Seat.DoesNotExist
    if any(seat.state not in states for seat in found):
        raise WrongState
    return found


def session_of(seats: Iterable[Seat]) -> Session:
    """The one session that all of them are in. Raises InvalidInput."""
    sessions = {seat.session_id: seat.session for seat in seats}
    if len(sessions) != 1:
        raise InvalidInput(_("Choose seats of one session."), code="no_seats")
    return next(iter(sessions.values()))


def first_day(session: Session) -> datetime:
    """When its first date begins; without any it is to come."""
    return session.dates.standing().values_list("starts_at", flat=True).first() or LAST


def agreement_for(
    tenant: Tenant, session: Session, chosen: SeatAgreement | None
) -> SeatAgreement | None:
    """The one that seats of a university count against; others pay for theirs.

    Raises DomainError ``no_agreement`` where none is in force on the first day.
    """
    if tenant.kind != TenantKind.UNIVERSITY:
        return None
    start = first_day(session)
    day = timezone.localdate(start if start != LAST else session.closes_at)
    own = SeatAgreement.objects.filter(tenant=tenant).in_force(day)
    found = own.filter(pk=chosen.pk).first() if chosen else own.first()
    if found is None:
        raise DomainError(
            _("No seat agreement of your university covers this session. Ask the park."),
            code="no_agreement",
        )
    return found


def check_funding(line: FundingLine | None, session: Session) -> None:
    """Raises DomainError ``funding_period`` where the session begins outside of its period."""
    if line is None:
        return
    start = first_day(session)
    if start == LAST or not line.starts_on <= timezone.localdate(start) <= line.ends_on:
        raise DomainError(
            _("This funding line pays for sessions of another period."), code="funding_period"
        )


def new_party() -> uuid.UUID:
    return uuid.uuid4()


OFFERED_FOR = timedelta(hours=24)
