"""The renewal board: whose time in the park runs out, and what stands against renewing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from backbone.clearance import clearance
from residency.models import Agreement, AgreementState, Stay
from residency.operations.admitting import admitting_kind

# Days before the last one; the board has a column for each.
NOTICE_DAYS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Card:
    """An organisation whose time runs out; ``days`` below zero are days of overstaying."""

    stay: Stay
    days: int
    # What it still owes the park: (blocking, warnings).
    blocking: int
    warnings: int
    agreement: Agreement | None
    renewal: Agreement | None

    @property
    def days_over(self) -> int:
        return -self.days


@dataclass(frozen=True, slots=True)
class Column:
    """``days`` is the most that are left; None holds those whose time is over."""

    days: int | None
    cards: Sequence[Card]


def renewal_board(now: datetime) -> list[Column]:
    """Those overstaying, then who has at most 30, 60 and 90 days left; soonest first.

    Asked for as staff.
    """
    today = timezone.localdate(now)
    stays = Stay.objects.ending_by(today + timedelta(days=max(NOTICE_DAYS)))
    agreements = Prefetch("tenant__agreements", Agreement.objects.order_by("-ends_on", "-pk"))
    rows = stays.select_related("tenant", "contact").prefetch_related(agreements)
    cards = [_card(stay, today, now) for stay in rows.order_by("ends_on", "pk")]
    limits: list[int | None] = [None, *NOTICE_DAYS]
    return [Column(limit, [c for c in cards if column_of(c.days) == limit]) for limit in limits]


def column_of(days: int) -> int | None:
    """The smallest number of notice days that are left at most; None when the time is over."""
    return None if days < 0 else next((each for each in NOTICE_DAYS if days <= each), 0)


def _card(stay: Stay, today: date, now: datetime) -> Card:
    items = [item for found in clearance(stay.tenant, now).values() for item in found]
    blocking = sum(item.blocking for item in items)
    own = [a for a in stay.tenant.agreements.all() if a.kind == admitting_kind(stay.tenant.kind)]
    in_force = [a for a in own if a.state == AgreementState.EFFECTIVE]
    being_made = [a for a in own if a.state in (AgreementState.DRAFT, AgreementState.AWAITING)]
    return Card(
        stay=stay,
        days=(stay.ends_on - today).days,
        blocking=blocking,
        warnings=len(items) - blocking,
        agreement=in_force[0] if in_force else None,
        renewal=being_made[0] if being_made else None,
    )
