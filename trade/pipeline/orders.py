"""Step two: one head for each order number, the new ones inserted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from psycopg2.extras import Json

from trade.models import ImportMapping
from trade.pipeline.countries import Labels
from trade.rates import RATE_AT, RATE_IS_OLD

# The first row of an order gives its country, currency and direction; the earliest its time.
HEADS = """
create temporary table import_heads on commit drop as
with sums as (
  select number, min(ordered_at) as ordered_at, min(line_no) as first_line,
    count(*) filter (where verdict = 'sale')::int as sale_lines,
    count(*) filter (where verdict = 'cancellation')::int as cancellation_lines,
    coalesce(sum(quantity * unit_price) filter (where verdict = 'sale'), 0) as gross,
    coalesce(-sum(quantity * unit_price) filter (where verdict = 'cancellation'), 0) as cancelled
  from import_rows where verdict in ('sale', 'cancellation') group by number
), labels as (select key as label, value as country from jsonb_each_text(%(labels)s))
select s.number, s.sale_lines, s.cancellation_lines, s.gross, s.cancelled, s.first_line,
  s.ordered_at as said_at, (s.ordered_at at time zone %(zone)s)::date as said_on,
  least(s.ordered_at, o.ordered_at) as ordered_at,
  (least(s.ordered_at, o.ordered_at) at time zone %(zone)s)::date as ordered_on,
  coalesce(r.country, '') as country_label, l.country as said_country,
  coalesce(o.country, l.country) as country,
  coalesce(o.currency, upper(r.currency), %(currency)s) as currency,
  coalesce(o.direction, case %(direction_rule)s
    when 'column' then lower(r.direction)
    when 'country' then case when l.country = %(home)s then 'domestic' else 'export' end
    else %(direction_rule)s end) as direction,
  o.id as known_id, o.ordered_on as known_on, o.sale_lines as known_sale_lines,
  o.cancellation_lines as known_cancellation_lines, o.gross as known_gross,
  o.cancelled as known_cancelled
from sums s
join import_rows r on r.line_no = s.first_line
join labels l on l.label = coalesce(r.country, '')
left join trade_order o on o.tenant_id = %(tenant)s and o.number = s.number and o.channel_id = %(channel)s
"""

# Sums in one currency only: rows of another than their order's are refused, the rest stands.
# The verdict is a generated column, so it follows.
REFUSE_OTHER_CURRENCY = """
update import_rows r set problem = 'differs:currency' from import_heads h
where h.number = r.number and r.verdict in ('sale', 'cancellation')
  and coalesce(upper(r.currency), %(currency)s) <> h.currency
"""

INSERT = """
with fresh as (
  insert into trade_order (tenant_id, channel_id, number, ordered_at, ordered_on, direction, country,
    country_label, currency, sale_lines, cancellation_lines, gross, cancelled, last_import_id)
  select %(tenant)s, %(channel)s, number, ordered_at, ordered_on, direction, country, country_label,
    currency, sale_lines, cancellation_lines, gross, cancelled, %(import)s
  from import_heads where known_id is null order by number
  returning id, number, ordered_on, direction, currency
)
insert into import_ids select number, id, ordered_on, direction, currency, true from fresh
"""
CREATE_IDS = """
create temporary table import_ids (number text, order_id bigint, ordered_on date, direction text,
  currency text, is_new bool) on commit drop
"""
KNOWN = """
insert into import_ids
select number, known_id, ordered_on, direction, currency, false from import_heads where known_id is not null
"""

# The rate of each day once, so that a million lines need not look for theirs.
RATES = f"""
create temporary table import_rates on commit drop as
select x.day as ordered_on, x.currency, date_trunc('month', x.day::timestamp)::date as month,
  rate.cny_per_unit, {RATE_IS_OLD} as is_old
from (select distinct ordered_on as day, currency from import_ids) x {RATE_AT}
"""


def insert_orders(
    cursor: Any, *, tenant_id: int, import_id: int, mapping: ImportMapping, labels: Labels
) -> dict[str, Any]:
    """Make ``import_heads`` and ``import_ids``; gives the parameters the later steps share."""
    params = {
        "tenant": tenant_id,
        "import": import_id,
        "channel": mapping.channel_id,
        "currency": mapping.currency,
        "direction_rule": mapping.direction_rule,
        "home": mapping.home_country,
        "labels": Json(labels.resolved),
        "zone": settings.TIME_ZONE,
    }
    cursor.execute(HEADS, params)
    cursor.execute("analyze import_heads")
    if _refuse_other_currencies(cursor, params):
        cursor.execute("drop table import_heads")
        cursor.execute(HEADS, params)
    cursor.execute(CREATE_IDS)
    cursor.execute(INSERT, params)
    cursor.execute(KNOWN)
    cursor.execute("analyze import_ids")
    cursor.execute(RATES)
    cursor.execute("analyze import_rates")
    return params


def _refuse_other_currencies(cursor: Any, params: dict[str, Any]) -> bool:
    """With one currency for the whole file only orders known from before can differ."""
    cursor.execute(
        "select exists (select from import_heads where %(currency)s = '' or currency <> %(currency)s)",
        params,
    )
    if not cursor.fetchone()[0]:
        return False
    cursor.execute(REFUSE_OTHER_CURRENCY, params)
    return bool(cursor.rowcount)
