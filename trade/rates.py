"""Which reference rate counts for a day, as SQL that figures join with."""

from __future__ import annotations

MAX_AGE_DAYS = 7
# Imports share it until they end; whoever changes rates waits for them and they for it.
RATES_LOCK = (7_302, 0)

# For rows ``x`` with ``day`` and ``currency``: the day's rate or the last one before it; of
# several sources for one day the first in RateSource's order. The yuan needs no rate.
RATE_AT = """
left join lateral (
  select * from (
    select 1::numeric(30, 18) as cny_per_unit, x.day as rate_on where x.currency = 'CNY'
    union all
    (select r.cny_per_unit, r.day from trade_referencerate r
      where r.currency = x.currency and r.day <= x.day
      order by r.day desc, array_position(array['cfets', 'ecb', 'demo'], r.source::text) limit 1)
  ) found limit 1
) rate on true
"""
RATE_IS_OLD = f"(rate_on is null or day - rate_on > {MAX_AGE_DAYS})"
