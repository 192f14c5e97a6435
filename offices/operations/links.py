"""Codes at doors, addresses of calendar feeds."""

from __future__ import annotations

from datetime import datetime

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from offices.models import Booking, BookingState, Door, Feed
from offices.models.links import new_nonce
from offices.operations.bookings import check_in
from offices.permissions import permissions
from spaces.models import Space
from tenants import standing


@operation
def set_door(*, actor: Actor, now: datetime, space: Space) -> Door:
    """Give a space a code for its door, or another one: what was printed before is void.

    Raises NotPermitted.
    """
    permissions.require(actor, "manage_booking_rules")
    own = Door.objects.filter(space=space).first()
    if own is None:
        return saved(Door(space=space, since=now), {})
    return changed(own, {"nonce": new_nonce(), "since": now})


@operation
def check_in_at_door(*, actor: Actor, now: datetime, space: Space) -> Booking:
    """Somebody stands at the door: the organisation's own booking there is checked in.

    Raises NotPermitted, ``HasLeft``, and WrongState when it has none whose check-in is open.
    """
    permissions.require(actor, "check_in")
    standing.require_present(actor.tenant_id)
    own = at_door(actor, space, now)
    if own is None:
        raise WrongState
    return check_in(actor=actor, now=now, booking=own)


def at_door(actor: Actor, space: Space, now: datetime) -> Booking | None:
    """The organisation's booking of the space that can be checked in now."""
    own = Booking.objects.visible_to(actor).filter(tenant=actor.tenant_id, space=space)
    opened = own.filter(
        state=BookingState.CONFIRMED, check_in_from__lte=now, check_in_until__gt=now
    )
    return opened.order_by("starts_at").first()


@operation
def make_feed(*, actor: Actor, now: datetime, space: Space | None = None) -> Feed:
    """The address of one's own calendar, or of that of a space.

    Raises NotPermitted, ``HasLeft``, DomainError ``feed_once`` when there is one.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    assert actor.user_id is not None
    return Feed.objects.create(
        tenant_id=actor.tenant_id, user_id=actor.user_id, space=space, created_at=now
    )


@operation
def end_feed(*, actor: Actor, now: datetime, feed: Feed) -> Feed:
    """The address opens nothing any more. Raises Feed.DoesNotExist for another person's, and
    WrongState when it has ended."""
    permissions.require(actor, "book_spaces")
    own = Feed.objects.visible_to(actor).select_for_update().get(pk=feed.pk)
    if own.ended_at is not None:
        raise WrongState
    own.ended_at = now
    own.save(update_fields=["ended_at"])
    return own
