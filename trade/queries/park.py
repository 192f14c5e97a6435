"""What the park sees of its enterprises' orders: monthly totals, and who looked at rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, Q, QuerySet, Sum
from django.db.models.aggregates import Aggregate

from foundation.actors import Actor
from foundation.periods import Period
from trade.models import Direction, MonthlySales, RowAccess
from trade.permissions import permissions


class BoolOr(Aggregate):
    function = "BOOL_OR"
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class ParkTotal:
    """Yuan over all organisations; ``without_rate`` months are missing from it for want of a rate."""

    net_cny: Decimal
    provisional: bool
    without_rate: int


def park_total(actor: Actor, period: Period, *, direction: str = Direction.EXPORT) -> ParkTotal:
    """The sum over organisations of whole months that start in the period; for park staff.

    Platform orders as uploaded, not verified by customs; only exports count as exports.
    """
    permissions.require(actor, "see_park_figures")
    sums = _months(period, direction).aggregate(
        total=Sum("net_cny"),
        provisional=BoolOr("provisional"),
        missing=Count("pk", filter=Q(net_cny=None)),
    )
    return ParkTotal(sums["total"] or Decimal(0), bool(sums["provisional"]), sums["missing"])


def enterprise_months(
    actor: Actor, period: Period, *, direction: str = Direction.EXPORT
) -> QuerySet[MonthlySales, Any]:
    """A dictionary for each organisation, month and currency; never an order of theirs."""
    permissions.require(actor, "see_park_figures")
    found = _months(period, direction).order_by("-month", "tenant__name", "currency")
    return found.values(
        "tenant_id", "tenant__name", "tenant__name_en", "month", "currency", "orders", "lines",
        "gross", "cancelled", "net", "net_cny", "provisional",
    )  # fmt: skip


def row_accesses(actor: Actor) -> QuerySet[RowAccess]:
    """Every look of park staff at the organisation's order rows, the latest first."""
    permissions.require(actor, "see_row_accesses")
    return (
        RowAccess.objects.visible_to(actor).select_related("user", "consent").order_by("-at", "-pk")
    )


def _months(period: Period, direction: str) -> QuerySet[MonthlySales]:
    bounds: dict[str, date | None] = {"month__gte": period.start_on, "month__lt": period.end_on}
    set_ = {name: value for name, value in bounds.items() if value is not None}
    return MonthlySales.objects.filter(direction=direction, **set_)
