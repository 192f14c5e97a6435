"""A booking as its reader sees it at this moment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property

from foundation.actors import Actor
from offices.models import Booking, BookingState
from offices.operations.bookings import fee_at
from offices.permissions import permissions
from spaces.models import Occupancy, OccupancyKind, Space

S = BookingState
TONES = {S.CONFIRMED: "success", S.CHECKED_IN: "success", S.REQUESTED: "warning"}


class Shown:
    def __init__(self, row: Booking, actor: Actor, now: datetime) -> None:
        self.row, self.actor, self.now = row, actor, now
        self.state = S(row.state_at(now))

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "neutral")

    @property
    def may_cancel(self) -> bool:
        is_own = self.row.booked_by_id == self.actor.user_id
        action = "cancel_bookings" if is_own else "cancel_for_others"
        return self.state in (S.REQUESTED, S.CONFIRMED) and permissions.permits(self.actor, action)

    @property
    def may_check_in(self) -> bool:
        return self.row.opens_for_check_in(self.now)

    @property
    def fee(self) -> Decimal:
        return fee_at(self.row, self.now)

    @cached_property
    def extras(self) -> list[Space]:
        """What goes with the space."""
        rows = Occupancy.objects.visible_to(self.actor).of_source(self.row)
        others = rows.filter(kind=OccupancyKind.BOOKING, under=None).exclude(space=self.row.space)
        return [each.space for each in others.select_related("space").order_by("space__code")]
