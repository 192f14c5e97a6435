"""What an organisation's orders can be narrowed to, and what they sum up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from foundation.actors import Actor
from foundation.periods import Period
from trade.models import DailySales, MonthlySales, Order, OrderLine
from trade.permissions import permissions
from trade.queries.orders import OrderFilter

CHOICES = """
select
  (select array_agg(distinct month order by month desc) from trade_monthlysales where tenant_id = %(tenant)s),
  (select array_agg(distinct currency::text) from trade_monthlysales where tenant_id = %(tenant)s),
  (select array_agg(distinct country::text) from trade_dailysales where tenant_id = %(tenant)s),
  (select json_agg(json_build_array(id, name) order by name) from trade_channel where tenant_id = %(tenant)s)
"""
OVERVIEW = """
with span as (
  select min(day) as first, max(day) as last from trade_dailysales where tenant_id = %(tenant)s
)
select s.first, s.last, d.direction, d.currency, sum(d.net), sum(d.orders)::int
from span s left join trade_dailysales d on d.tenant_id = %(tenant)s
  and (not %(newest)s or d.day >= date_trunc('year', s.last)::date)
  and (%(start)s::date is null or d.day >= %(start)s::date)
  and (%(end)s::date is null or d.day < %(end)s::date)
group by 1, 2, 3, 4 order by 3, 4
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
    """Sum of the orders of one currency that match a filter; the rest for one product only."""

    currency: str
    net: Decimal
    quantity: Decimal | None = None
    orders: int = 0


def choices(actor: Actor) -> Choices:
    """One query, from the sums: no order is read."""
    permissions.require(actor, "see_orders")
    with connection.cursor() as cursor:
        cursor.execute(CHOICES, {"tenant": actor.tenant_id})
        months, currencies, countries, channels = cursor.fetchone()
    named = [(pk, name) for pk, name in channels or []]
    return Choices(months or [], currencies or [], countries or [], named)


def net_totals(actor: Actor, wanted: OrderFilter) -> list[Total] | None:
    """What the listed orders sum up to by currency; of one product, what its lines do.

    None for a free search, which has no sums kept beside the orders.
    """
    permissions.require(actor, "see_orders")
    if wanted.q.strip():
        return None
    if wanted.sku:
        return _product_totals(actor, wanted)
    sums = _kept_sums(actor, wanted).values_list("currency").annotate(net_sum=Sum("net"))
    sums = sums.order_by("currency")
    return [Total(currency, net) for currency, net in sums]


def product_amounts(actor: Actor, orders: list[Order], sku: str) -> dict[int, Total]:
    """Order id to what the product's lines in it sum up to."""
    permissions.require(actor, "see_orders")
    lines = OrderLine.objects.visible_to(actor).filter(sku=sku, order_id__in=[o.pk for o in orders])
    sums = lines.values_list("order_id", "order__currency").annotate(
        net=Sum("amount"), pieces=Sum("quantity")
    )
    return {pk: Total(currency, net, pieces) for pk, currency, net, pieces in sums}


def _kept_sums(actor: Actor, wanted: OrderFilter) -> QuerySet[Any]:
    """Months where they answer the question: a year of days takes a hundred times as many rows."""
    if wanted.country or wanted.channel_id or wanted.period.kind == "range":
        return DailySales.objects.visible_to(actor).filter(**_conditions(wanted, "", "day"))
    return MonthlySales.objects.visible_to(actor).filter(**_conditions(wanted, "", "month"))


def _product_totals(actor: Actor, wanted: OrderFilter) -> list[Total]:
    conditions = _conditions(wanted, "order__", "order__ordered_on")
    lines = OrderLine.objects.visible_to(actor).filter(sku=wanted.sku, **conditions)
    sums = lines.values_list("order__currency").annotate(
        net=Sum("amount"), pieces=Sum("quantity"), orders=Count("order_id", distinct=True)
    )
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


@dataclass(frozen=True, slots=True)
class DirectionSum:
    """Net sales of one direction and currency, with the number of orders."""

    direction: str
    currency: str
    net: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The first and the last day with orders at all (None without any), and a period's sums."""

    first_on: date | None
    last_on: date | None
    sums: list[DirectionSum]


def overview(actor: Actor, period: Period | None) -> Overview:
    """Without a period the sums are those of the newest year with orders. One query."""
    permissions.require(actor, "see_figures")
    bounds: dict[str, Any] = {"tenant": actor.tenant_id, "newest": period is None}
    bounds |= {"start": period and period.start_on, "end": period and period.end_on}
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, bounds)
        rows = cursor.fetchall()
    sums = [DirectionSum(*row[2:]) for row in rows if row[2] is not None]
    return Overview(rows[0][0], rows[0][1], sums)
