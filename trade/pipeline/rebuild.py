"""Figures again from the orders themselves, for the days or months that something touched.

The same sums as ``rollups`` makes while importing; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from trade.rates import RATE_AT, RATE_IS_OLD

DAYS = f"""
with sums as (
  select ordered_on as day, direction, country, currency,
    count(*) filter (where sale_lines > 0) as orders,
    count(*) filter (where cancellation_lines > 0) as cancelled_orders,
    sum(sale_lines + cancellation_lines) as lines, sum(gross) as gross, sum(cancelled) as cancelled
  from trade_order
  where tenant_id = %(tenant)s and channel_id = %(channel)s and ordered_on = any (%(days)s)
  group by 1, 2, 3, 4
), rates as materialized (
  select x.day, x.currency, rate.cny_per_unit, rate.rate_on
  from (select distinct day, currency from sums) x {RATE_AT}
)
insert into trade_dailysales (tenant_id, day, channel_id, direction, country, currency, orders,
  cancelled_orders, lines, gross, cancelled, cny_per_unit, rate_on)
select %(tenant)s, day, %(channel)s, direction, country, currency, orders, cancelled_orders, lines,
  gross, cancelled, cny_per_unit, rate_on
from sums join rates using (day, currency)
"""
DROP_DAYS = """
delete from trade_dailysales
where tenant_id = %(tenant)s and channel_id = %(channel)s and day = any (%(days)s)
"""

# The month as the sum of its days.
MONTHS = f"""
insert into trade_monthlysales (tenant_id, month, direction, currency, orders, cancelled_orders, lines,
  gross, cancelled, net_cny, provisional)
select tenant_id, date_trunc('month', day::timestamp)::date, direction, currency, sum(orders), sum(cancelled_orders),
  sum(lines), sum(gross), sum(cancelled), case when bool_and(net_cny is not null) then sum(net_cny) end,
  bool_or({RATE_IS_OLD})
from trade_dailysales
where tenant_id = %(tenant)s and day >= %(first)s and day < %(end)s
group by 1, 2, 3, 4
having date_trunc('month', min(day)::timestamp)::date = any (%(months)s)
"""
DROP_MONTHS = (
    "delete from trade_monthlysales where tenant_id = %(tenant)s and month = any (%(months)s)"
)

PRODUCTS = f"""
with pairs as (
  select distinct day, direction, currency from trade_dailysales
  where tenant_id = %(tenant)s and date_trunc('month', day::timestamp)::date = any (%(months)s)
), rates as materialized (
  select x.*, date_trunc('month', x.day::timestamp)::date as month, rate.cny_per_unit, rate.rate_on from pairs x {RATE_AT}
)
insert into trade_monthlyproductsales (tenant_id, month, sku, direction, currency, description, lines,
  quantity, gross, cancelled, net_cny, provisional)
select %(tenant)s, r.month, l.sku, o.direction, o.currency, max(l.description), count(*), sum(l.quantity),
  coalesce(sum(l.amount) filter (where l.kind = 'sale'), 0),
  coalesce(-sum(l.amount) filter (where l.kind = 'cancellation'), 0),
  case when bool_and(r.cny_per_unit is not null) then sum(l.amount * r.cny_per_unit) end,
  bool_or({RATE_IS_OLD})
from rates r
join trade_order o on o.tenant_id = %(tenant)s and o.ordered_on = r.day and o.direction = r.direction
  and o.currency = r.currency
join trade_orderline l on l.tenant_id = %(tenant)s and l.order_id = o.id
group by r.month, l.sku, o.direction, o.currency
"""
DROP_PRODUCTS = "delete from trade_monthlyproductsales where tenant_id = %(tenant)s and month = any (%(months)s)"


def days(cursor: Any, *, tenant_id: int, channel_id: int, days: Sequence[date]) -> None:
    """Daily sums of a channel from its orders."""
    params = {"tenant": tenant_id, "channel": channel_id, "days": list(days)}
    cursor.execute(DROP_DAYS, params)
    cursor.execute(DAYS, params)


def months(cursor: Any, *, tenant_id: int, months: Sequence[date]) -> None:
    """Monthly sums from the daily ones; ``months`` are first days."""
    if months:
        params = _months(tenant_id, months)
        cursor.execute(DROP_MONTHS, params)
        cursor.execute(MONTHS, params)


def products(cursor: Any, *, tenant_id: int, months: Sequence[date]) -> None:
    """Monthly sums of each product from the lines; the daily sums must be right already."""
    if months:
        params = _months(tenant_id, months)
        cursor.execute(DROP_PRODUCTS, params)
        cursor.execute(PRODUCTS, params)


def _months(tenant_id: int, months: Sequence[date]) -> dict[str, Any]:
    last = max(months)
    end = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return {"tenant": tenant_id, "months": list(months), "first": min(months), "end": end}
