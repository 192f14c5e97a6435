"""The dictionary of figures: what each counts, as one function of a span of days.

Every definition is written here once; the staff's home, the targets and the briefs all ask it.
Run as park staff: a count under one organisation's policy would see that one only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.aggregates import Count
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.home import Destination
from reporting.models import Metric
from spaces.occupancy_figures import occupancy_on
from tenants.kinds import TenantKind
from tenants.models import Tenant
from trade.models import Direction, MonthlySales

# The unit of a figure in percent.
SHARE = "%"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and whether it may still change for want of a reference rate."""

    value: Decimal
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """``unit`` is a currency code for money, % for a share, '' for a count. ``rows`` leads, for a span of days,
    to exactly the rows that ``measure`` adds up."""

    text: Sentence
    unit: str
    measure: Callable[[date, date], Figure]
    rows: Callable[[date, date], Destination]


def _organisations(kind: str) -> Callable[[date, date], Figure]:
    def count(start_on: date, end_on: date) -> Figure:
        there = Tenant.objects.filter(kind=kind, created_at__date__lte=end_on)
        there = there.exclude(left_at__date__lte=end_on)
        return Figure(Decimal(there.count()))

    return count


def _exports(start_on: date, end_on: date) -> Figure:
    """Net export sales of whole months from ``start_on`` to ``end_on``, both included, in CNY.

    At each day's reference rate, unrounded; platform orders as uploaded, not verified by customs.
    """
    months = MonthlySales.objects.filter(
        direction=Direction.EXPORT, month__gte=start_on.replace(day=1), month__lte=end_on
    )
    unknown = Q(net_cny=None) | Q(provisional=True)
    sums = months.aggregate(
        total=Coalesce(Sum("net_cny"), Decimal(0)), open=Count("pk", filter=unknown)
    )
    return Figure(sums["total"], provisional=bool(sums["open"]))


def _occupancy(start_on: date, end_on: date) -> Figure:
    """On the last day, in percent, unrounded; 0 where the park has nothing to let."""
    return Figure(occupancy_on(end_on).percent or Decimal(0))


def _occupancy_rows(start_on: date, end_on: date) -> Destination:
    return Destination("admin:occupancy_rows", query={"what": "occupied", "day": end_on})


def _organisation_rows(kind: str) -> Callable[[date, date], Destination]:
    def rows(start_on: date, end_on: date) -> Destination:
        return Destination(
            "admin:tenants_tenant_changelist", query={"kind__exact": kind, "standing": "present"}
        )

    return rows


def _export_rows(start_on: date, end_on: date) -> Destination:
    query = {
        "direction__exact": Direction.EXPORT,
        "month__gte": start_on.replace(day=1),
        "month__lte": end_on,
    }
    return Destination("admin:trade_monthlysales_changelist", query=query)


DEFINITIONS: dict[str, Definition] = {
    Metric.ENTERPRISES: Definition(
        _("Organisations of kind enterprise that are registered in the portal and have not left."),
        "",
        _organisations(TenantKind.ENTERPRISE),
        _organisation_rows(TenantKind.ENTERPRISE),
    ),
    Metric.START_UPS: Definition(
        _("Organisations of kind start-up that are registered in the portal and have not left."),
        "",
        _organisations(TenantKind.START_UP),
        _organisation_rows(TenantKind.START_UP),
    ),
    Metric.EXPORTS: Definition(
        _(
            "Net export sales of all organisations by the reference rate of the day; "
            "platform orders as uploaded, not verified by customs."
        ),
        "CNY",
        _exports,
        _export_rows,
    ),
    Metric.OCCUPANCY: Definition(
        _(
            "Of the areas of all units that are let by lease, count in statistics and are in use "
            "when the day ends, the part that a lease covers then; desks, rooms and bookings by "
            "the hour never count."
        ),
        SHARE,
        _occupancy,
        _occupancy_rows,
    ),
}


def measure(metric: str, start_on: date, end_on: date) -> Figure:
    """The figure for the days from ``start_on`` to ``end_on``, both included."""
    return DEFINITIONS[metric].measure(start_on, end_on)
