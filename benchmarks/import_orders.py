"""A million order lines through the whole import, against plain COPY of the same lines.

The floor is COPY of the normalised lines into a twin of the order lines' table: the same columns,
checks and indexes, but no policies, no keys to other tables, no orders and no figures. It runs
twice and the faster counts. Both include the commit, with fsync on.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, connections
from django.utils import timezone

from benchmarks.rows import Row, at_least, at_most
from foundation.actors import Actor
from park_portal.embedded.postgres import EmbeddedPostgres
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.kinds import TenantKind
from tenants.models import Tenant
from trade import operations

LINES = 1_000_000
LINES_PER_ORDER = 4.5
PRODUCTS = 3_000
MEMORY_MB = 300
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
WORDS = ["WHITE", "METAL", "LANTERN", "HEART", "T-LIGHT", "BOX", "RED", "SET OF 6"]
COUNTRIES = ["United Kingdom"] * 8 + ["Germany", "France", "EIRE", "USA", "RSA", "Japan"]
COLUMNS = (
    "tenant_id, order_id, import_id, line_no, ordered_on, kind, sku, description, quantity, "
    "unit_price, line_key, occurrence"
)


def run(server: EmbeddedPostgres) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="park-bench-") as name:
        file = Path(name) / "orders.csv"
        with file.open("w") as out:
            out.write(HEADER)
            out.writelines(_lines(random.Random(20261123)))
        ours = LINES / _import(file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        floor = LINES / min(_copy(Path(name) / "lines.txt") for _round in range(2))
    return [
        at_least("import of 1,000,000 order lines, rows/s", ours, floor, 0.25),
        at_most("memory of that import, MB", peak, MEMORY_MB, 1.0),
    ]


def _lines(chance: random.Random) -> Iterator[str]:
    """Deterministic lines of invented orders over a year, as the mapping online-retail reads them."""
    words = [" ".join(chance.choices(WORDS, k=4)) for _product in range(PRODUCTS)]
    start, made, number = datetime(2025, 1, 1), 0, 600_000  # noqa: DTZ001  the file names no zone
    while made < LINES:
        number += 1
        length = min(LINES - made, int(chance.expovariate(1 / (LINES_PER_ORDER - 0.5))) + 1)
        sign, prefix = (-1, "C") if chance.random() < 0.02 else (1, "")
        moment, country = start + timedelta(seconds=made * 31), chance.choice(COUNTRIES)
        for _line in range(length):
            product = chance.randrange(PRODUCTS)
            yield (
                f"{prefix}{number},{10_000 + product},{words[product]},{sign * chance.randint(1, 48)},"
                f"{moment},{chance.randint(10, 9999) / 100},{number % 5000}.0,{country}\n"
            )
        made += length


def _import(file: Path) -> float:
    """Seconds from the stored file to the committed figures."""
    actor, now = Actor(user_id=None, tenant_id=_tenant_id()), timezone.now()
    with enter_tenant(actor.tenant_id), file.open("rb") as source:
        mapping = operations.adopt_preset(actor=actor, now=now, name="online-retail")
        uploaded = operations.upload_orders(actor=actor, now=now, file=source, name=file.name)
        operations.read_import_as(actor=actor, now=now, order_import=uploaded, mapping=mapping)
    started = time.perf_counter()
    with enter_tenant(actor.tenant_id):
        done = operations.run_import(actor=actor, now=now, import_id=uploaded.pk)
    seconds = time.perf_counter() - started
    assert done.result is not None
    assert done.result["inserted"] == LINES, done.result
    return seconds


def _tenant_id() -> int:
    with enter(Identity(STAFF)):
        made = Tenant.objects.create(
            slug="bench-import", kind=TenantKind.ENTERPRISE, name="Bench", created_at=timezone.now()
        )
    return made.pk


def _copy(file: Path) -> float:
    """Seconds for COPY and its commit into an empty twin, lines in the order of the file."""
    connection.close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("drop table if exists bench_twin")
        cursor.execute("create table bench_twin (like trade_orderline including all)")
        if not file.exists():
            with file.open("w") as out:
                query = f"select {COLUMNS} from trade_orderline order by line_no"
                cursor.copy_expert(f"copy ({query}) to stdout", out)
        with file.open() as lines:
            started = time.perf_counter()
            cursor.copy_expert(f"copy bench_twin ({COLUMNS}) from stdin", lines)
            seconds = time.perf_counter() - started
        cursor.execute("drop table bench_twin")
    return seconds
