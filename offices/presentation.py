"""A booking as its reader sees it at this moment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property

from foundation.actors import Actor
from offices.models import Booking, BookingState, StudioCard
from offices.models.bookings import STANDING
from offices.permissions import permissions
from offices.prices import fee_at, part_at
from offices.zones import LANGUAGES, ZONES, in_zone
from spaces.models import Occupancy, OccupancyKind, Space, SpaceKind

S = BookingState
TONES = {
    S.CONFIRMED: "success",
    S.CHECKED_IN: "success",
    S.REQUESTED: "warning",
    S.OFFERED: "warning",
}


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
        possible = (S.WAITING, S.OFFERED, S.REQUESTED, S.CONFIRMED)
        return self.state in possible and self._is_theirs

    @property
    def may_move(self) -> bool:
        """While a cancellation would cost nothing."""
        free = not part_at(self.row, self.now)
        return self.state in (S.REQUESTED, S.CONFIRMED) and free and self._is_theirs

    @property
    def may_accept(self) -> bool:
        return self.state == S.OFFERED and permissions.permits(self.actor, "book_spaces")

    @property
    def may_write_card(self) -> bool:
        return self.row.space.kind == SpaceKind.STUDIO and self.state in STANDING

    @cached_property
    def card(self) -> StudioCard | None:
        return StudioCard.objects.visible_to(self.actor).filter(booking=self.row).first()

    @property
    def audience(self) -> str:
        """When it begins where the audience of a live session is."""
        if self.card is None:
            return ""
        there = in_zone(self.row.starts_at, self.card.target_zone)
        return f"{dict(ZONES)[self.card.target_zone]} {there:%Y-%m-%d %H:%M}"

    @property
    def card_language(self) -> str:
        return str(dict(LANGUAGES)[self.card.language]) if self.card else ""

    @property
    def _is_theirs(self) -> bool:
        is_own = self.row.booked_by_id == self.actor.user_id
        action = "cancel_bookings" if is_own else "cancel_for_others"
        return permissions.permits(self.actor, action)

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
