"""What bookings bring to the staff's first page."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.home import Destination, Tile, WorkItem
from foundation.money import format_number
from offices.models import Booking, BookingState
from offices.permissions import permissions
from spaces.queries import day_span


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """What waits for the park's word."""
    if not permissions.permits(actor, "decide_bookings"):
        return []
    asked = Booking.objects.filter(state=BookingState.REQUESTED).ahead(now)
    return [_item(each) for each in asked.select_related("space", "tenant").order_by("answer_by")]


def staff_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "see_bookings"):
        return []
    start, end = day_span(timezone.localdate(now))
    count = Booking.objects.between(start, end).count()
    to = Destination("admin:offices_booking_changelist", query={"when": "today"})
    return [Tile(label=_("Bookings today"), value=format_number(count), to=to)]


def _item(booking: Booking) -> WorkItem:
    return WorkItem(
        _("Confirm or decline: %(space)s for %(organisation)s")
        % {"space": booking.space, "organisation": booking.tenant},
        _("Open it"),
        Destination("admin:offices_booking_change", {"object_id": booking.pk}),
        due_at=booking.answer_by,
    )
