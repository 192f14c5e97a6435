"""Sales of an organisation as the park sees them, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import NOTHING, format_money
from foundation.periods import add_months
from tenants.models import Tenant
from trade.models import Direction, MonthlySales, RowConsent
from trade.permissions import permissions


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """Sums of months, CNY by the reference rate of each day, and never a row; nothing for an
    organisation that uploaded no orders."""
    sales = MonthlySales.objects.filter(tenant=tenant)
    newest = sales.aggregate(newest=Max("month"))["newest"]
    if newest is None or not permissions.permits(actor, "see_park_figures"):
        return None
    today = timezone.localdate(now)
    year = sales.filter(
        direction=Direction.EXPORT, month__gte=add_months(today.replace(day=1), -11)
    )
    rows = Destination("admin:trade_monthlysales_changelist", query={"q": tenant.slug})
    return Section(
        _("Orders"),
        [
            Line(_("Exports of twelve months"), format_money(_sum(year), "CNY"), rows),
            Line(_("Newest month with orders"), f"{newest:%Y-%m}", rows),
            Line(_("Order rows may be read until"), _consent(tenant, now)),
        ],
        to=rows,
        order=40,
    )


def _sum(sales: QuerySet[MonthlySales]) -> Decimal:
    total: Decimal | None = sales.aggregate(total=Sum("net_cny"))["total"]
    return total or Decimal(0)


def _consent(tenant: Tenant, now: datetime) -> str:
    today = timezone.localdate(now)
    agreed = RowConsent.objects.filter(tenant=tenant, revoked_at=None, ends_on__gte=today)
    last = agreed.filter(starts_on__lte=today).aggregate(last=Max("ends_on"))["last"]
    return f"{last:%Y-%m-%d}" if last else NOTHING
