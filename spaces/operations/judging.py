"""Who may take what, and until when: what the operations of the ledger ask before they write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from spaces.models import LIVE, Occupancy, OccupancyKind, Space
from spaces.permissions import permissions

if TYPE_CHECKING:
    from spaces.operations.occupancy import Want

# By kind of occupancy; the others need ``take_spaces``.
ACTIONS: dict[str, str] = {
    OccupancyKind.LEASE: "let_spaces",
    OccupancyKind.MAINTENANCE: "close_spaces",
    OccupancyKind.BLOCK: "close_spaces",
}
TAKE = "take_spaces"


class HoldExpired(WrongState):
    """The hold was over before it was confirmed."""

    code = "hold_expired"
    message = _("The time for which this was held is over. Choose a time again.")


def permit(actor: Actor, kinds: Iterable[str]) -> None:
    for action in sorted({ACTIONS.get(kind, TAKE) for kind in kinds}):
        permissions.require(actor, action)


def check_not_over(actor: Actor, moment: datetime, now: datetime) -> None:
    """Only staff put on record what happened before anybody wrote it down."""
    if moment < now and not (actor.is_staff or actor.is_system):
        raise InvalidInput(_("That time is over."), code="time_is_over")


def check_wants(
    actor: Actor, wants: Sequence[Want], now: datetime, held_until: datetime | None
) -> None:
    if not wants:
        raise InvalidInput(_("Choose what to take."))
    for want in wants:
        check_span(actor, want.start, want.end, now)
    if held_until is not None:
        check_held_until(held_until, now)


def check_span(actor: Actor, start: datetime, end: datetime | None, now: datetime) -> None:
    if end is not None and end <= start:
        raise InvalidInput(_("The end comes after the beginning."), code="occupancy_span")
    if end is not None:
        check_not_over(actor, end, now)


def check_held_until(held_until: datetime, now: datetime) -> None:
    if held_until <= now:
        raise InvalidInput(_("It cannot be held until a moment that is over."), code="held_until")


def check_space(space: Space, want: Want) -> None:
    """What the space is for, read under its lock."""
    known = {"space": str(space)}
    if space.retired_at is not None:
        raise DomainError(
            _("%(space)s is not in use any more."), code="space_retired", params=known
        )
    if want.kind == OccupancyKind.LEASE and not space.lets_by_lease:
        raise DomainError(_("%(space)s is not let by lease."), code="not_by_lease", params=known)
    if want.kind in (OccupancyKind.BOOKING, OccupancyKind.SESSION) and not space.lets_by_hour:
        raise DomainError(_("%(space)s is not let by the hour."), code="not_by_hour", params=known)
    if not 1 <= want.amount <= space.quantity:
        raise InvalidInput(
            _("Of %(space)s between 1 and %(quantity)s can be taken."),
            code="occupancy_amount",
            params=known | {"quantity": space.quantity},
        )


def require_live(row: Occupancy, now: datetime) -> None:
    """An expired hold is over, whether somebody has marked it as lapsed yet or not."""
    if row.state not in LIVE:
        raise WrongState
    require_not_expired(row, now)


def require_not_expired(row: Occupancy, now: datetime) -> None:
    if row.expires_at is not None and row.expires_at <= now:
        raise HoldExpired
