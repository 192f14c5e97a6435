"""A country label mapped after its orders came: the orders and their figures move."""

from __future__ import annotations

from typing import Any

from trade.models import ImportMapping
from trade.pipeline import rebuild

MOVE = """
update trade_order set country = %(country)s,
  direction = case when %(by_country)s
    then case when %(country)s = %(home)s then 'domestic' else 'export' end else direction end
where tenant_id = %(tenant)s and channel_id = %(channel)s
  and lower(btrim(country_label)) = lower(btrim(%(label)s)) and country <> %(country)s
returning ordered_on
"""


def move_orders(cursor: Any, *, mapping: ImportMapping, label: str, country: str) -> int:
    """Move the channel's orders with this label; gives how many. Needs the import's lock."""
    by_country = mapping.direction_rule == ImportMapping.DirectionRule.COUNTRY
    params = {
        "tenant": mapping.tenant_id,
        "channel": mapping.channel_id,
        "label": label,
        "country": country,
        "home": mapping.home_country,
        "by_country": by_country,
    }
    cursor.execute(MOVE, params)
    days = sorted(row[0] for row in cursor)
    if days:
        rebuild.days(
            cursor,
            tenant_id=mapping.tenant_id,
            channel_id=mapping.channel_id,
            days=sorted(set(days)),
        )
        months = sorted({day.replace(day=1) for day in days})
        rebuild.months(cursor, tenant_id=mapping.tenant_id, months=months)
        if by_country:
            rebuild.products(cursor, tenant_id=mapping.tenant_id, months=months)
    return len(days)
