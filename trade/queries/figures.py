"""An organisation's sales, summed from the daily and monthly sums: no order is read for them.

Amounts are exact and unrounded, in the order's currency and in CNY at each day's reference rate.
``net_cny`` is None where a currency has no rate at all. ``carried`` says that a day without a
rate took the last one before it; ``provisional`` that a rate was missing or over seven days old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from foundation.actors import Actor
from foundation.periods import Period
from trade.permissions import permissions
from trade.rates import RATE_AT, RATE_IS_OLD


@dataclass(frozen=True, slots=True)
class Sales:
    """One row of figures: ``key`` is a month's first day, a country or a product code."""

    key: Any
    currency: str
    orders: int
    cancelled_orders: int
    lines: int
    gross: Decimal
    cancelled: Decimal
    net: Decimal
    net_cny: Decimal | None
    provisional: bool
    carried: bool
    # Products only.
    quantity: Decimal | None = None
    description: str = ""


@dataclass(frozen=True)
class Figures:
    """Totals of a period: one Sales for each currency, and the sum in yuan where all have a rate."""

    by_currency: list[Sales] = field(default_factory=list)

    @property
    def net_cny(self) -> Decimal | None:
        known = [row.net_cny for row in self.by_currency if row.net_cny is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.by_currency) else None

    @property
    def provisional(self) -> bool:
        return any(row.provisional for row in self.by_currency)

    @property
    def carried(self) -> bool:
        return any(row.carried for row in self.by_currency)

    @property
    def orders(self) -> int:
        return sum(row.orders for row in self.by_currency)


DAILY = """
select {key}, currency, sum(orders)::int, sum(cancelled_orders)::int, sum(lines)::int, sum(gross),
  sum(cancelled), sum(net), case when bool_and(net_cny is not null) then sum(net_cny) end,
  bool_or({old}), coalesce(bool_or(rate_on < day), false)
from trade_dailysales
where tenant_id = %(tenant)s and {filters}
group by 1, 2 order by {order}
"""

# Whole months from the sums; the days before and after them from the lines.
PRODUCTS = """
with edges as (
  select l.sku, o.currency, max(l.description) as description, count(*) as lines, sum(l.quantity) as quantity,
    coalesce(sum(l.amount) filter (where l.kind = 'sale'), 0) as gross,
    coalesce(-sum(l.amount) filter (where l.kind = 'cancellation'), 0) as cancelled,
    o.ordered_on as day
  from trade_order o join trade_orderline l on l.tenant_id = o.tenant_id and l.order_id = o.id
  where o.tenant_id = %(tenant)s and {edges} and {order_filters}
  group by l.sku, o.currency, o.ordered_on
), rates as materialized (
  select x.*, rate.cny_per_unit, rate.rate_on
  from (select distinct day, currency from edges) x {rate_at}
), parts as (
  select sku, currency, description, lines, quantity, gross, cancelled, net_cny, provisional
  from trade_monthlyproductsales
  where tenant_id = %(tenant)s and {months} and {filters}
  union all
  select sku, currency, description, lines, quantity, gross, cancelled,
    (gross - cancelled) * cny_per_unit, {old}
  from edges join rates using (day, currency)
)
select sku, currency, 0, 0, sum(lines)::int, sum(gross), sum(cancelled), sum(gross - cancelled),
  case when bool_and(net_cny is not null) then sum(net_cny) end, bool_or(provisional), false,
  sum(quantity), max(description)
from parts group by sku, currency
order by case when bool_and(net_cny is not null) then sum(net_cny) end desc nulls last,
  sum(gross - cancelled) desc, sku, currency
limit %(limit)s offset %(offset)s
"""


def totals(actor: Actor, period: Period, **filters: Any) -> Figures:
    """Totals by currency. ``filters``: direction, country, currency, channel_id."""
    return Figures(_daily(actor, period, "null::text", "2", filters))


def by_month(actor: Actor, period: Period, **filters: Any) -> list[Sales]:
    """One row for each month and currency, in order of time; filters as in ``totals``."""
    return _daily(actor, period, "date_trunc('month', day::timestamp)::date", "1, 2", filters)


def by_country(actor: Actor, period: Period, **filters: Any) -> list[Sales]:
    """One row for each country and currency, the largest first; filters as in ``totals``."""
    return _daily(actor, period, "country", "9 desc nulls last, 8 desc, 1, 2", filters)


def by_product(
    actor: Actor, period: Period, *, limit: int = 100, offset: int = 0, **filters: Any
) -> list[Sales]:
    """One row for each product and currency, the largest first. ``filters``: direction, currency.

    ``orders`` and ``carried`` are not known for products and left at 0 and False.
    """
    permissions.require(actor, "see_figures")
    parts = _split(period)
    columns = {"direction": "direction", "currency": "currency"}
    params = {
        "tenant": actor.tenant_id,
        "limit": limit,
        "offset": offset,
        **parts.params,
        **filters,
    }
    statement = PRODUCTS.format(
        edges=parts.edges.replace("ordered_on", "o.ordered_on"),
        months=parts.months,
        filters=_conditions(filters, columns),
        order_filters=_conditions(filters, {name: f"o.{name}" for name in columns}),
        rate_at=RATE_AT,
        old=RATE_IS_OLD,
    )
    return _rows(statement, params)


def _daily(
    actor: Actor, period: Period, key: str, order: str, filters: dict[str, Any]
) -> list[Sales]:
    permissions.require(actor, "see_figures")
    columns = {name: name for name in ("direction", "country", "currency", "channel_id")}
    conditions = [_conditions(filters, columns)]
    conditions += ["day >= %(start)s"] if period.start_on else []
    conditions += ["day < %(end)s"] if period.end_on else []
    params = {"tenant": actor.tenant_id, "start": period.start_on, "end": period.end_on, **filters}
    statement = DAILY.format(
        key=key, order=order, filters=" and ".join(conditions), old=RATE_IS_OLD
    )
    return _rows(statement, params)


def _rows(statement: str, params: dict[str, Any]) -> list[Sales]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Sales(*row) for row in cursor.fetchall()]


def _conditions(filters: dict[str, Any], columns: dict[str, str]) -> str:
    unknown: Iterable[str] = filters.keys() - columns.keys()
    if unknown:
        raise TypeError(f"no such filters: {sorted(unknown)}")
    set_ = [name for name, value in filters.items() if value not in (None, "")]
    return " and ".join([f"{columns[name]} = %({name})s" for name in set_] or ["true"])


@dataclass(frozen=True)
class _Parts:
    """A period as SQL: which months the sums answer for, and which days the lines do."""

    months: str
    edges: str
    params: dict[str, Any]


def _split(period: Period) -> _Parts:
    start, end = period.start_on, period.end_on
    if start is None or end is None:
        return _Parts("true", "false", {})
    first_month, last_month = _month_from(start), end.replace(day=1)
    if first_month >= last_month:  # no whole month inside
        return _Parts(
            "false", "ordered_on >= %(start)s and ordered_on < %(end)s", _span(start, end)
        )
    params = _span(start, end) | {"first": first_month, "last": last_month}
    edges = (
        "(ordered_on >= %(start)s and ordered_on < %(first)s"
        " or ordered_on >= %(last)s and ordered_on < %(end)s)"
    )
    whole = start == first_month and end == last_month
    return _Parts("month >= %(first)s and month < %(last)s", "false" if whole else edges, params)


def _span(start: date, end: date) -> dict[str, Any]:
    return {"start": start, "end": end}


def _month_from(day: date) -> date:
    """The first month that starts on this day or after it."""
    if day.day == 1:
        return day
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
