"""What PostgreSQL's own catalogue says about tenants' tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Walled by its own id; every other table names its tenant in ``tenant_id``.
TENANTS = "tenants_tenant"

TABLES = """
select c.relname, array_agg(a.attname order by a.attnum) filter (where a.attgenerated = ''),
  (select array_agg(k.attname order by k.attnum) from pg_index i
   join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any (i.indkey::int2[])
   where i.indrelid = c.oid and i.indisprimary),
  array_agg(a.attname order by a.attnum) filter (
    where a.attgenerated = '' and coalesce(e.typcategory, t.typcategory) in ('S', 'U')
      and coalesce(e.typname, t.typname) in ('varchar', 'text', 'bpchar', 'citext', 'json', 'jsonb'))
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (
  c.relname = 'tenants_tenant'
  or exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'tenant_id'
             and not o.attisdropped))
group by c.oid, c.relname order by c.relname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows belong to one tenant; generated columns are left out."""

    name: str
    columns: list[str]
    key: list[str]
    texts: list[str]

    @property
    def owner(self) -> str:
        """The column that says whose row it is."""
        return "id" if self.name == TENANTS else "tenant_id"


def tenant_tables(cursor: Any) -> list[Table]:
    cursor.execute(TABLES)
    return [
        Table(name, columns, key or [], texts or [])
        for name, columns, key, texts in cursor.fetchall()
    ]
