"""The card of a live session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from offices.models import Booking, StudioCard
from offices.models.bookings import STANDING
from offices.permissions import permissions
from offices.zones import ZONES
from spaces.models import SpaceKind
from tenants import standing


@operation
def write_card(*, actor: Actor, now: datetime, booking: Booking, **values: Any) -> StudioCard:
    """Say what happens in the studio: ``values`` are columns of ``StudioCard``, ``uplink_mbps`` in
    Mbit/s, ``target_zone`` a zone of ``offices.zones``.

    Raises NotPermitted, WrongState when the booking is over, DomainError ``no_studio``, InvalidInput.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(booking.tenant_id)
    visible = Booking.objects.visible_to(actor).select_related("space")
    own = visible.select_for_update(of=["self"]).get(pk=booking.pk)
    if own.space.kind != SpaceKind.STUDIO:
        raise DomainError(_("Only a studio has a card of its live session."), code="no_studio")
    if own.state_at(now) not in STANDING:
        raise WrongState
    if values.get("target_zone") not in dict(ZONES):
        raise InvalidInput(fields={"target_zone": _("Choose one of the list.")})
    card = StudioCard.objects.filter(booking=own).first() or StudioCard(booking=own)
    for name, value in values.items():
        setattr(card, name, value)
    card.tenant_id = own.tenant_id
    card.save()
    return card
