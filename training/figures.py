"""What an agreement has left, line by line: the one place that says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.errors import Sentence
from training.models import GrantKind, Seat, SeatGrant
from training.models.seats import FOR_A_TIME, KEPT

Line = tuple[Sentence, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """remaining = granted + extra + rolled in - rolled out - used - held, in seats.

    Used is what was booked, whatever became of it, and what was given up too late; held is what
    is held blank or offered for a time that is not over. Below zero only where staff overdrew.
    """

    granted: int = 0
    extra: int = 0
    rolled_in: int = 0
    rolled_out: int = 0
    used: int = 0
    held: int = 0

    @property
    def lines(self) -> list[Line]:
        return [
            (pgettext_lazy("seats", "Granted"), self.granted),
            (pgettext_lazy("seats", "Extra"), self.extra),
            (pgettext_lazy("seats", "Rolled in"), self.rolled_in),
            (pgettext_lazy("seats", "Rolled out"), -self.rolled_out),
            (pgettext_lazy("seats", "Used"), -self.used),
            (pgettext_lazy("seats", "Held"), -self.held),
        ]

    @property
    def remaining(self) -> int:
        return sum(amount for _label, amount in self.lines)

    @property
    def is_exhausted(self) -> bool:
        return self.remaining <= 0


def figures_of(agreements: Collection[int], now: datetime) -> dict[int, Figures]:
    """By the agreement's key; two queries, however many there are."""
    found: dict[int, dict[str, int]] = {pk: {} for pk in agreements}
    grants = SeatGrant.objects.filter(agreement__in=found).order_by()
    for pk, kind, amount in grants.values_list("agreement", "kind").annotate(Sum("amount")):
        found[pk][GrantKind(kind).value] = amount
    counted = Seat.objects.filter(agreement__in=found).order_by().values_list("agreement")
    sums = {"n_used": Count("pk", filter=is_used()), "n_held": Count("pk", filter=is_held(now))}
    for pk, used, held in counted.annotate(**sums):
        found[pk] |= {"used": used, "held": held}
    return {pk: Figures(**values) for pk, values in found.items()}


def is_used() -> Q:
    return Q(state__in=KEPT) | Q(is_used_up=True)


def is_held(now: datetime) -> Q:
    return Q(state__in=FOR_A_TIME) & (Q(hold_expires_at__gt=now) | Q(offer_expires_at__gt=now))


EXPLAINED = _("Remaining = granted + extra + rolled in − rolled out − used − held")
