"""Seats of a session kept for a university until a moment."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.models import Session, SessionShare, SessionState
from training.operations.promoting import promote
from training.operations.rows import locked
from training.permissions import permissions
from training.room import count

S = SessionState


@operation
def set_share(
    *, actor: Actor, now: datetime, session: Session, tenant: Tenant, seats: int, until: datetime
) -> SessionShare:
    """Keep so many seats for a university until then, or change what is kept; none at all, or a
    moment that is over, gives them to the pool and to who waits, at once.

    Raises NotPermitted, WrongState, InvalidInput for another kind of organisation, DomainErrors
    ``share_too_small`` for fewer than it has, and ``shares_too_many`` for more than there are.
    """
    permissions.require(actor, "manage_sessions")
    if tenant.kind != TenantKind.UNIVERSITY:
        raise InvalidInput(fields={"tenant": _("Seats are kept for universities.")})
    fresh = locked(session, now)
    if fresh.state not in (S.DRAFT, S.OPEN):
        raise WrongState
    room = count(fresh, now)
    if until > now:
        _check(room.taken.get(tenant.pk, 0), seats)
        room.shares[tenant.pk] = seats
        if room.kept() > room.free:
            raise DomainError(
                _("So many seats are not there any more: %(free)s are free."),
                code="shares_too_many",
                params={"free": room.free},
            )
    share, _made = SessionShare.objects.update_or_create(
        tenant=tenant, session=fresh, defaults={"seats": seats, "until": until}
    )
    promote(fresh, now)
    return share


def _check(has: int, seats: int) -> None:
    if seats < has:
        raise DomainError(
            _("The university has %(count)s seats in this session already."),
            code="share_too_small",
            params={"count": has},
        )
