"""The park closes a space for a time: maintenance, or a block for another reason."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from spaces.models import NEEDS_REASON, Occupancy, OccupancyKind, Space
from spaces.operations.occupancy import Want, release, take
from spaces.permissions import permissions
from tenants.models import Tenant

ACTION = "close_spaces"


@operation
def put_into_maintenance(
    *, actor: Actor, now: datetime, space: Space, start: datetime, end: datetime | None, reason: str
) -> Occupancy:
    """Close a space, and with a unit its desks, to repair it; without ``end`` until further notice.

    Of a space that is counted all of it. Raises NotPermitted, InvalidInput, ``Taken`` or
    ``NotEnough`` where somebody has it then, and DomainErrors ``space_retired`` and
    ``occupancy_has_reason``.
    """
    return _close(actor, now, space, start, end, reason, OccupancyKind.MAINTENANCE)


@operation
def block_space(
    *, actor: Actor, now: datetime, space: Space, start: datetime, end: datetime | None, reason: str
) -> Occupancy:
    """Keep a space from being taken; otherwise as ``put_into_maintenance``."""
    return _close(actor, now, space, start, end, reason, OccupancyKind.BLOCK)


@operation
def reopen_space(*, actor: Actor, now: datetime, occupancy: Occupancy) -> Occupancy:
    """Maintenance or a block ends now, or does not take place.

    Raises NotPermitted, WrongState for any other occupancy and for one that is over.
    """
    permissions.require(actor, ACTION)
    if occupancy.kind not in NEEDS_REASON:
        raise WrongState
    (row, *_beneath) = release(actor=actor, now=now, occupancies=[occupancy], at=now)
    return row


def _close(
    actor: Actor,
    now: datetime,
    space: Space,
    start: datetime,
    end: datetime | None,
    reason: str,
    kind: OccupancyKind,
) -> Occupancy:
    permissions.require(actor, ACTION)
    # As it is now: the form may have been open for a while.
    space = Space.objects.get(pk=space.pk)
    want = Want(space, start, end, kind, amount=space.quantity, reason=reason.strip())
    park = Tenant.objects.operator()
    (row,) = take(actor=actor, now=now, holder=park, wants=[want])
    return row
