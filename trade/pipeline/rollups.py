"""Step four: known orders brought up to date, and the figures from what was really inserted."""

from __future__ import annotations

from typing import Any

from trade.pipeline import rebuild
from trade.rates import RATE_AT

# Known orders that got lines or turned out to be older than thought, before and after.
CHANGES = """
create temporary table import_changes on commit drop as
with added as (
  select order_id, count(*) filter (where kind = 'sale')::int as sale_lines,
    count(*) filter (where kind = 'cancellation')::int as cancellation_lines,
    coalesce(sum(amount) filter (where kind = 'sale'), 0) as gross,
    coalesce(-sum(amount) filter (where kind = 'cancellation'), 0) as cancelled
  from import_added group by order_id
)
select h.known_id as order_id, h.known_on, h.ordered_on, h.ordered_at, h.country, h.currency, h.direction,
  h.known_sale_lines, h.known_cancellation_lines, h.known_gross, h.known_cancelled,
  h.known_sale_lines + coalesce(a.sale_lines, 0) as sale_lines,
  h.known_cancellation_lines + coalesce(a.cancellation_lines, 0) as cancellation_lines,
  h.known_gross + coalesce(a.gross, 0) as gross,
  h.known_cancelled + coalesce(a.cancelled, 0) as cancelled
from import_heads h left join added a on a.order_id = h.known_id
where h.known_id is not null and (a.order_id is not null or h.ordered_on < h.known_on)
"""
UPDATE_ORDERS = """
update trade_order o set ordered_at = c.ordered_at, ordered_on = c.ordered_on, sale_lines = c.sale_lines,
  cancellation_lines = c.cancellation_lines, gross = c.gross, cancelled = c.cancelled,
  last_import_id = %(import)s
from import_changes c where o.tenant_id = %(tenant)s and o.id = c.order_id
"""

DAILY = f"""
with parts as (
  select ordered_on as day, direction, country, currency, 1 as sign, sale_lines, cancellation_lines,
    gross, cancelled
  from import_heads where known_id is null
  union all
  select ordered_on, direction, country, currency, 1, sale_lines, cancellation_lines, gross, cancelled
  from import_changes
  union all
  select known_on, direction, country, currency, -1, known_sale_lines, known_cancellation_lines,
    known_gross, known_cancelled
  from import_changes
), sums as (
  select day, direction, country, currency,
    coalesce(sum(sign) filter (where sale_lines > 0), 0) as orders,
    coalesce(sum(sign) filter (where cancellation_lines > 0), 0) as cancelled_orders,
    sum(sign * (sale_lines + cancellation_lines)) as lines,
    sum(sign * gross) as gross, sum(sign * cancelled) as cancelled
  from parts group by day, direction, country, currency
), rates as materialized (
  select x.day, x.currency, rate.cny_per_unit, rate.rate_on
  from (select distinct day, currency from sums) x {RATE_AT}
)
insert into trade_dailysales as d (tenant_id, day, channel_id, direction, country, currency, orders,
  cancelled_orders, lines, gross, cancelled, cny_per_unit, rate_on)
select %(tenant)s, day, %(channel)s, direction, country, currency, orders, cancelled_orders, lines,
  gross, cancelled, cny_per_unit, rate_on
from sums join rates using (day, currency)
order by day, direction, country, currency
on conflict (tenant_id, day, channel_id, direction, country, currency) do update
set orders = d.orders + excluded.orders, cancelled_orders = d.cancelled_orders + excluded.cancelled_orders,
  lines = d.lines + excluded.lines, gross = d.gross + excluded.gross,
  cancelled = d.cancelled + excluded.cancelled, cny_per_unit = excluded.cny_per_unit,
  rate_on = excluded.rate_on
"""
CLEAR_EMPTY_DAYS = """
delete from trade_dailysales where tenant_id = %(tenant)s and lines = 0
  and day in (select known_on from import_changes where known_on <> ordered_on)
"""

MOVE_LINES = """
update trade_orderline l set ordered_on = c.ordered_on from import_changes c
where l.tenant_id = %(tenant)s and l.order_id = c.order_id and l.ordered_on <> c.ordered_on
"""
TOUCHED_MONTHS = """
select distinct date_trunc('month', day::timestamp)::date from (
  select ordered_on as day from import_heads where known_id is null
  union all select ordered_on from import_changes union all select known_on from import_changes) x
"""

PRODUCTS = """
with came as (
  select month, sku, direction, currency, kind, description, quantity, quantity * unit_price as amount,
    cny_per_unit, is_old
  from import_lines where is_new
  union all
  select d.month, a.sku, i.direction, i.currency, a.kind, a.description, a.quantity, a.amount,
    d.cny_per_unit, d.is_old
  from import_added a join import_ids i using (order_id)
  join import_rates d on d.ordered_on = i.ordered_on and d.currency = i.currency
)
insert into trade_monthlyproductsales as p (tenant_id, month, sku, direction, currency, description, lines,
  quantity, gross, cancelled, net_cny, provisional)
select %(tenant)s, month, sku, direction, currency, max(description), count(*), sum(quantity),
  coalesce(sum(amount) filter (where kind = 'sale'), 0),
  coalesce(-sum(amount) filter (where kind = 'cancellation'), 0),
  case when bool_and(cny_per_unit is not null) then sum(amount * cny_per_unit) end,
  bool_or(is_old)
from came
group by month, sku, direction, currency
order by 2, 3, 4, 5
on conflict (tenant_id, month, sku, direction, currency) do update
set lines = p.lines + excluded.lines, quantity = p.quantity + excluded.quantity,
  gross = p.gross + excluded.gross, cancelled = p.cancelled + excluded.cancelled,
  net_cny = p.net_cny + excluded.net_cny, provisional = p.provisional or excluded.provisional,
  description = coalesce(nullif(p.description, ''), excluded.description)
"""


def update_figures(cursor: Any, params: dict[str, Any]) -> None:
    """Bring known orders and all sums up to date with the lines inserted."""
    cursor.execute("analyze import_added")
    cursor.execute(CHANGES)
    cursor.execute("analyze import_changes")
    cursor.execute(UPDATE_ORDERS, params)
    cursor.execute(DAILY, params)
    cursor.execute(CLEAR_EMPTY_DAYS, params)
    cursor.execute(PRODUCTS, params)
    cursor.execute(TOUCHED_MONTHS)
    rebuild.months(cursor, tenant_id=params["tenant"], months=[row[0] for row in cursor.fetchall()])
    if _some_moved(cursor):
        _move_lines(cursor, params)


def _some_moved(cursor: Any) -> bool:
    cursor.execute("select exists (select from import_changes where ordered_on <> known_on)")
    return bool(cursor.fetchone()[0])


def _move_lines(cursor: Any, params: dict[str, Any]) -> None:
    """Orders that turned out to be older take their lines along: rare, so products are summed anew."""
    cursor.execute(MOVE_LINES, params)
    cursor.execute(TOUCHED_MONTHS)
    rebuild.products(
        cursor, tenant_id=params["tenant"], months=[row[0] for row in cursor.fetchall()]
    )
