"""Step three: the lines, in the order of their index, slice by slice."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from backbone.progress import Reports
from foundation.refs import pk_of
from trade.pipeline import progress

PAGE_BYTES = 8192
SLICE_PAGES = 1000

# Sorted as the unique index is, so that its pages fill one after the other. Identical lines of
# an order are numbered in the order of the file.
SORTED = """
create temporary table import_lines on commit drop as
select i.order_id, i.is_new, i.ordered_on, i.direction, i.currency, d.month, d.cny_per_unit, d.is_old,
  r.line_no, r.verdict as kind, r.sku,
  coalesce(r.description, '') as description, r.quantity, r.unit_price, r.line_key, {occurrence} as occurrence
from import_rows r join import_ids i using (number)
join import_rates d on d.ordered_on = i.ordered_on and d.currency = i.currency {known}
where r.verdict in ('sale', 'cancellation')
order by i.order_id, r.line_key, occurrence
"""
NUMBERED = "row_number() over (partition by i.order_id, r.line_key order by r.line_no)::int"

# A mended row comes on top of its likes that the file it was taken from had brought: those that
# the import of that file, or one before it, left in the order.
IS_MENDED = "(o.import_id is not null)"
NUMBERED_MENDED = f"""
  (row_number() over (partition by i.order_id, r.line_key, {IS_MENDED} order by r.line_no)
  + case when {IS_MENDED} then greatest(coalesce(known.lines, 0),
      count(*) filter (where not {IS_MENDED}) over (partition by i.order_id, r.line_key)) else 0 end)::int
"""
KNOWN_BEFORE = f"""
left join unnest(%(origins)s::text[], %(imports)s::bigint[]) as o(origin, import_id)
  on o.origin = split_part(r.origin, '@', 2)
left join lateral (
  select count(*) as lines from trade_orderline k
  where {IS_MENDED} and k.tenant_id = %(tenant)s and k.order_id = i.order_id and k.line_key = r.line_key
    and k.import_id <= o.import_id
) known on true
"""
# A file mended again and again holds rows of a few imports; more than these were made up.
ORIGINS = """
select distinct split_part(origin, '@', 2) from import_rows
where origin ~ '^[0-9]{1,9}@[a-z2-7]{26}$' limit 100
"""
COLUMNS = """tenant_id, order_id, import_id, line_no, ordered_on, kind, sku, description, quantity,
  unit_price, line_key, occurrence"""
VALUES = f"%(tenant)s, order_id, %(import)s, {COLUMNS.split('import_id, ')[1]}"

# Lines of orders that did not exist a moment ago: nothing to compare them with.
INSERT_NEW = f"""
insert into trade_orderline ({COLUMNS}) select {VALUES} from import_lines
where is_new and ctid >= %(from)s::tid and ctid < %(to)s::tid
"""
INSERT_ADDED = f"""
with added as (
  insert into trade_orderline ({COLUMNS}) select {VALUES} from import_lines l
  where not is_new and ctid >= %(from)s::tid and ctid < %(to)s::tid
    and not exists (select from trade_orderline k where k.tenant_id = %(tenant)s
      and k.order_id = l.order_id and k.line_key = l.line_key and k.occurrence = l.occurrence)
  on conflict do nothing
  returning order_id, ordered_on, kind, sku, description, quantity, amount
)
insert into import_added select * from added
"""
CREATE_ADDED = """
create temporary table import_added (order_id bigint, ordered_on date, kind text, sku text,
  description text, quantity numeric, amount numeric) on commit drop
"""


def insert_lines(cursor: Any, params: dict[str, Any], reporter: Reports) -> int:
    """Insert what is not there yet; gives the number of lines inserted."""
    # Judged slice by slice, while the rows are warm, and not a million of them at commit.
    cursor.execute("set constraints all immediate")
    _sort(cursor, params)
    cursor.execute("analyze import_lines")
    cursor.execute(CREATE_ADDED)
    cursor.execute(
        "select bool_or(is_new), bool_or(not is_new), pg_relation_size('import_lines') from import_lines"
    )
    any_new, any_known, size = cursor.fetchone()
    inserted, pages = 0, size // PAGE_BYTES
    for first in range(0, pages, SLICE_PAGES):
        reporter.check()
        done = progress.ORDERS + (progress.LINES - progress.ORDERS) * first // pages
        reporter.report(done=done, total=progress.DONE, note="writing")
        slice_ = params | {"from": f"({first},0)", "to": f"({first + SLICE_PAGES},0)"}
        if any_new:
            cursor.execute(INSERT_NEW, slice_)
            inserted += cursor.rowcount
        if any_known:
            cursor.execute(INSERT_ADDED, slice_)
            inserted += cursor.rowcount
    return inserted


def _sort(cursor: Any, params: dict[str, Any]) -> None:
    cursor.execute(ORIGINS)
    mended = _imports_of(row[0] for row in cursor.fetchall())
    known = KNOWN_BEFORE if mended else ""
    statement = SORTED.format(occurrence=NUMBERED_MENDED if mended else NUMBERED, known=known)
    cursor.execute(statement, params | {"origins": list(mended), "imports": list(mended.values())})


def _imports_of(refs: Iterable[str]) -> dict[str, int]:
    """Ref to key; what is no ref of an import is left out."""
    found = {}
    for ref in refs:
        with suppress(ValueError):
            found[ref] = pk_of(ref, "import")
    return found
