"""Guests as pages show them: counts, who comes from where, whom a word finds at the door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from foundation.errors import Sentence
from tenants.models import Tenant
from training.models import Guest, GuestAllowance, GuestState, Session
from training.models.guests import EXPECTED, GuestQuerySet

S = GuestState
GUEST_TONES: dict[str, str] = {
    S.LISTED: "neutral",
    S.INVITED: "info",
    S.ACCEPTED: "success",
    S.DECLINED: "danger",
    S.REMOVED: "neutral",
}
# So many stand on one page of the staff's list, and so many a word finds at the door.
PER_PAGE, FOUND = 300, 30


def allowance_of(tenant: Tenant, session: Session) -> int:
    """How many guests of the event it may put forward."""
    row = GuestAllowance.objects.filter(tenant=tenant, session=session).first()
    return row.guests if row else 0


def brings_guests(tenant: Tenant, session: Session) -> bool:
    """Whether there is anything on the organisation's page of guests."""
    if session.kind != "event":
        return False
    own = Guest.objects.filter(tenant=tenant, session=session)
    return allowance_of(tenant, session) > 0 or own.exists()


def counted(guests: Iterable[Guest]) -> list[tuple[Sentence, str, int]]:
    found = Counter(guest.state for guest in guests)
    return [(state.label, GUEST_TONES[state], found[state]) for state in S if found[state]]


@dataclass(frozen=True, slots=True)
class Side:
    """An organisation's guests in figures; ``allowed`` is None where the park itself invites."""

    tenant: Tenant
    allowed: int | None
    expected: int
    coming: int
    arrived: int


def sides_of(session: Session) -> list[Side]:
    """By organisation: what it may bring, who is expected, has said yes, has come."""
    rows: Any = Guest.objects.filter(session=session).order_by().values("tenant")
    numbers = {
        row["tenant"]: row
        for row in rows.annotate(
            expected=Count("pk", filter=Q(state__in=EXPECTED)),
            coming=Count("pk", filter=Q(state=S.ACCEPTED)),
            arrived=Count("pk", filter=Q(arrived_at__isnull=False)),
        )
    }
    allowed = dict(
        GuestAllowance.objects.filter(session=session).values_list("tenant", "guests").order_by()
    )
    tenants = Tenant.objects.filter(pk__in={*numbers, *allowed}).order_by("name")
    none = {"expected": 0, "coming": 0, "arrived": 0}
    return [
        _side(tenant, allowed.get(tenant.pk), numbers.get(tenant.pk, none)) for tenant in tenants
    ]


def _side(tenant: Tenant, allowed: int | None, row: dict[str, int]) -> Side:
    return Side(tenant, allowed, row["expected"], row["coming"], row["arrived"])


def guests_of(session: Session) -> GuestQuerySet:
    return Guest.objects.filter(session=session).select_related("tenant")


def named(guests: GuestQuerySet, word: str) -> GuestQuerySet:
    """By name, by where they come from, or the end of the mobile number."""
    found = Q(name__icontains=word) | Q(company__icontains=word) | Q(mobile__endswith=word)
    return guests.filter(
        found | Q(tenant__name__icontains=word) | Q(tenant__name_en__icontains=word)
    )


def latest(session: Session) -> list[Guest]:
    arrived = guests_of(session).filter(arrived_at__isnull=False)
    return list(arrived.order_by("-arrived_at", "-pk")[:8])
