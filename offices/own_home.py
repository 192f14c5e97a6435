"""What bookings bring to the home page of an organisation."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from backbone.waiting import Source
from foundation.actors import Actor
from foundation.home import Destination, QuickAction, WorkItem
from offices.models import Booking, BookingState
from offices.permissions import permissions


def sources(*, actor: Actor, now: datetime) -> list[Source]:
    """What is offered to whoever waited, and what can be checked in now."""
    if not permissions.permits(actor, "book_spaces"):
        return []
    own = Booking.objects.visible_to(actor).filter(tenant=actor.tenant_id).ahead(now)
    waits = own.filter(state__in=(BookingState.OFFERED, BookingState.CONFIRMED))
    near = waits.exclude(state=BookingState.CONFIRMED, check_in_from__gt=now)
    rows = near.select_related("space").order_by("starts_at", "pk")
    return [Source(rows, lambda booking: [_item(booking)])]


def actions(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "book_spaces"):
        return []
    return [QuickAction(_("Book a space"), "calendar", Destination("offices:week"))]


def _item(booking: Booking) -> WorkItem:
    to = Destination("offices:booking", {"pk": booking.pk})
    named = {"space": str(booking.space)}
    if booking.state == BookingState.OFFERED:
        return WorkItem(
            _("Take it or leave it: %(space)s") % named, _("Open it"), to, booking.answer_by
        )
    return WorkItem(_("Check in: %(space)s") % named, _("Open it"), to, booking.check_in_until)
