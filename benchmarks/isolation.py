"""What row-level security costs: the portal's wall against the same query with a plain WHERE.

500 tenants with 2,000 rows each, in a table built with the schema editor's own statements and
in a twin without the wall; the two queries take turns, and medians are compared.
"""

from __future__ import annotations

import random
import statistics
import time

from django.db import connection, connections, transaction

from benchmarks.rows import Row, at_most
from park_portal.embedded.postgres import EmbeddedPostgres
from tenants.isolation import sql
from tenants.isolation.context import APP, Identity

TENANTS, ROWS_EACH, ROUNDS = 500, 2000, 600

MAKE = """
create table {table} (id bigint generated always as identity primary key,
  tenant_id bigint not null, number text not null, ordered_on date not null,
  net numeric(20, 4) not null);
insert into {table} (tenant_id, number, ordered_on, net)
  select n % {tenants} + 1, 'SO-' || n, date '2026-01-01' + n % 365, n % 997
  from generate_series(1, {rows}) n;
create index on {table} (tenant_id, ordered_on desc, id desc);
analyze {table};
"""

LIST = "select * from {table} {where} order by ordered_on desc, id desc limit 25"
COUNT = "select count(*) from {table} {where}"
POINT = "select * from {table} {where} {conjunction} id = %s"
LIMITS = {"list": (LIST, 1.15), "count": (COUNT, 1.15), "point": (POINT, 1.25)}


def run(server: EmbeddedPostgres) -> list[Row]:
    _make_tables()
    random.seed(20261122)
    return [_compare(name, query, limit) for name, (query, limit) in LIMITS.items()]


def _make_tables() -> None:
    with connections["owner"].cursor() as cursor:
        for table in ("bench_walled", "bench_plain"):
            rows = TENANTS * ROWS_EACH
            cursor.execute(MAKE.format(table=table, tenants=TENANTS, rows=rows))
            cursor.execute(sql.grants(table))
        cursor.execute(sql.wall("bench_walled"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze bench_walled, bench_plain")


def _compare(name: str, query: str, limit: float) -> Row:
    walled = query.format(table="bench_walled", where="", conjunction="where")
    plain = query.format(table="bench_plain", where="where tenant_id = %s", conjunction="and")
    times: dict[str, list[float]] = {"walled": [], "plain": []}
    for round_ in range(ROUNDS):
        tenant = random.randrange(1, TENANTS + 1)
        row = tenant - 1 + TENANTS * random.randrange(1, ROWS_EACH)
        extra = [row] if "id = %s" in query else []
        with transaction.atomic():
            Identity(APP, tenant).apply()
            turns = [("walled", walled, extra), ("plain", plain, [tenant, *extra])]
            for side, statement, parameters in turns if round_ % 2 else reversed(turns):
                times[side].append(_time(statement, parameters))
    ours, floor = (statistics.median(times[side]) for side in ("walled", "plain"))
    return at_most(f"isolation: {name} (ms)", ours, floor, limit)


def _time(query: str, parameters: list[int]) -> float:
    """Milliseconds to run the query and fetch every row."""
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(query, parameters)
        cursor.fetchall()
        return (time.perf_counter() - started) * 1000
