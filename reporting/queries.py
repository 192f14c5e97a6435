"""Reads of the park's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Subquery, Sum

from reporting.models import ParkProfile, Target
from reporting.progress import Progress, progress_of
from tenants.models import Tenant
from trade.models import Direction, MonthlySales


def current_targets(today: date) -> list[Progress]:
    """Progress of the park's targets whose span holds today, by figure."""
    running = Target.objects.of_the_park().filter(starts_on__lte=today, ends_on__gte=today)
    return [progress_of(target, today) for target in running]


def park_profile() -> ParkProfile | None:
    return ParkProfile.objects.of_the_park().select_related("tenant").first()


@dataclass(frozen=True, slots=True)
class ExportMonth:
    """Net exports of all organisations in one calendar month, CNY, unrounded."""

    month: date
    net_cny: Decimal


def export_months(today: date, count: int = 12) -> list[ExportMonth]:
    """The last ``count`` months up to this one, oldest first, months without exports as zero."""
    months = [_months_back(today, back) for back in reversed(range(count))]
    exports = MonthlySales.objects.filter(direction=Direction.EXPORT, month__gte=months[0])
    sums = dict(exports.values_list("month").annotate(total=Sum("net_cny")))
    return [ExportMonth(month, sums.get(month) or Decimal(0)) for month in months]


@dataclass(frozen=True, slots=True)
class LateUploads:
    """Organisations that used to upload orders and have none for ``month``."""

    month: date
    tenants: list[Tenant]


def late_uploads(today: date) -> LateUploads:
    """Who uploaded orders before, but none of last month yet; longest silent first.

    Each tenant carries ``latest_month``, the first day of the newest month it has orders of.
    """
    month = _months_back(today, 1)
    sales = MonthlySales.objects.filter(tenant=OuterRef("pk"))
    latest = MonthlySales.objects.values("tenant").annotate(newest=Max("month"))
    newest = latest.filter(tenant=OuterRef("pk")).values("newest")[:1]
    silent = Tenant.objects.filter(Exists(sales), left_at=None).annotate(
        latest_month=Subquery(newest)
    )
    late = silent.filter(latest_month__lt=month).order_by("latest_month", "name")
    return LateUploads(month, list(late))


def _months_back(day: date, back: int) -> date:
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
