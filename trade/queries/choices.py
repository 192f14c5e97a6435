"""What an organisation's orders can be narrowed to, and what they sum up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Sum

from foundation.actors import Actor
from foundation.periods import Period
from trade.models import DailySales, Order, OrderLine
from trade.permissions import permissions
from trade.queries.orders import OrderFilter

CHOICES = """
select
  (select array_agg(distinct month order by month desc) from trade_monthlysales where tenant_id = %(tenant)s),
  (select array_agg(distinct currency::text) from trade_monthlysales where tenant_id = %(tenant)s),
  (select array_agg(distinct country::text) from trade_dailysales where tenant_id = %(tenant)s),
  (select json_agg(json_build_array(id, name) order by name) from trade_channel where tenant_id = %(tenant)s)
"""


@dataclass(frozen=True)
class Choices:
    """Everything that occurs in the organisation's orders; ``months`` newest first."""

    months: list[date]
    currencies: list[str]
    countries: list[str]
    channels: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Total:
    """Sum of the orders of one currency that match a filter; ``quantity`` for one product only."""

    currency: str
    net: Decimal
    quantity: Decimal | None = None


def choices(actor: Actor) -> Choices:
    """One query, from the sums: no order is read."""
    permissions.require(actor, "see_orders")
    with connection.cursor() as cursor:
        cursor.execute(CHOICES, {"tenant": actor.tenant_id})
        months, currencies, countries, channels = cursor.fetchone()
    named = [(pk, name) for pk, name in channels or []]
    return Choices(months or [], currencies or [], countries or [], named)


def first_and_last_day(actor: Actor) -> tuple[date | None, date | None]:
    """Of all orders; None twice when there are none."""
    permissions.require(actor, "see_figures")
    days = DailySales.objects.visible_to(actor).aggregate(first=Min("day"), last=Max("day"))
    return days["first"], days["last"]


def net_totals(actor: Actor, wanted: OrderFilter) -> list[Total] | None:
    """What the listed orders sum up to by currency; of one product, what its lines do.

    None for a free search, which has no sums kept beside the orders.
    """
    permissions.require(actor, "see_orders")
    if wanted.q.strip():
        return None
    if wanted.sku:
        return _product_totals(actor, wanted)
    rows = DailySales.objects.visible_to(actor).filter(**_conditions(wanted, "", "day"))
    sums = rows.values_list("currency").annotate(net_sum=Sum("net")).order_by("currency")
    return [Total(currency, net) for currency, net in sums]


def product_amounts(actor: Actor, orders: list[Order], sku: str) -> dict[int, Total]:
    """Order id to what the product's lines in it sum up to."""
    permissions.require(actor, "see_orders")
    lines = OrderLine.objects.visible_to(actor).filter(sku=sku, order_id__in=[o.pk for o in orders])
    sums = lines.values_list("order_id", "order__currency").annotate(
        net=Sum("amount"), pieces=Sum("quantity")
    )
    return {pk: Total(currency, net, pieces) for pk, currency, net, pieces in sums}


def _product_totals(actor: Actor, wanted: OrderFilter) -> list[Total]:
    conditions = _conditions(wanted, "order__", "order__ordered_on")
    lines = OrderLine.objects.visible_to(actor).filter(sku=wanted.sku, **conditions)
    sums = lines.values_list("order__currency").annotate(net=Sum("amount"), pieces=Sum("quantity"))
    return [Total(*row) for row in sums.order_by("order__currency")]


def _conditions(wanted: OrderFilter, prefix: str, day: str) -> dict[str, Any]:
    said = {
        f"{prefix}country": wanted.country,
        f"{prefix}currency": wanted.currency,
        f"{prefix}channel_id": wanted.channel_id,
        f"{prefix}direction": wanted.direction,
        f"{day}__gte": wanted.period.start_on,
        f"{day}__lt": wanted.period.end_on,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def by_direction(actor: Actor, period: Period) -> list[dict[str, Any]]:
    """Net sales of a period by direction and currency, with their number of orders."""
    permissions.require(actor, "see_figures")
    rows = DailySales.objects.visible_to(actor)
    if period.start_on and period.end_on:
        rows = rows.filter(day__gte=period.start_on, day__lt=period.end_on)
    return list(
        rows.values("direction", "currency")
        .annotate(net_sum=Sum("net"), orders_sum=Sum("orders"))
        .order_by("direction", "currency")
    )
