"""Pages at 5,000,000 lines: queries, time against a floor page, time against 50,000 lines.

Two databases on one server, 500 organisations in each; the pages take turns in rounds, so that
a machine that slows down slows everything. The whole stack is measured but for the socket.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks.rows import Row, at_most
from park_portal.embedded.postgres import EmbeddedPostgres
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership

LARGE, SMALL = 5_000_000, 50_000
ROUNDS, REPEATS, WARM_UP = 6, 12, 4
SQL = (Path(__file__).parent / "park_of_orders.sql").read_text()
CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TENANT = "/o/bench-7/"
# Order 3,006 is the seventh organisation's in both databases.
PAGES = {
    "orders list": f"{TENANT}orders/",
    "one order": reverse("trade:order", kwargs={"tenant": "bench-7", "order_id": 3_006}),
    "enterprise home": TENANT,
    "park home": "/staff/",
}
FLOORS = {"portal": f"{TENANT}bench-floor/", "staff": "/staff/bench-floor/"}


def run(server: EmbeddedPostgres) -> list[Row]:
    databases = {"large": "portal_large", "small": "portal_small"}
    for size, lines in (("large", LARGE), ("small", SMALL)):
        server.create_database(databases[size])
        _use(databases[size])
        call_command("migrate", verbosity=0)
        _fill(server, databases[size], lines)
    with override_settings(ROOT_URLCONF="benchmarks.urls", CACHES=CACHE):
        return _measure(databases)


def _fill(server: EmbeddedPostgres, database: str, lines: int) -> None:
    print(f"  filling {lines:,} lines …", flush=True)
    with server.connect(database) as superuser, superuser.cursor() as cursor:
        cursor.execute(SQL.format(lines=lines, orders=lines // 5))
        cursor.execute("vacuum analyze")
    people = get_user_model().objects
    member = people.create(username="member")
    staff = people.create(username="staff", is_staff=True)
    with enter(Identity(STAFF)):
        Membership.objects.create(tenant_id=7, user=member, roles=["owner"])
        Membership.objects.create(tenant_id=1, user=staff, roles=["owner"])


def _use(database: str) -> None:
    connections.close_all()
    for alias in settings.DATABASES:
        connections[alias].settings_dict["NAME"] = database


def _measure(databases: dict[str, str]) -> list[Row]:
    times: dict[tuple[str, str], list[float]] = {}
    queries: dict[str, int] = {}
    for _round in range(ROUNDS):
        for size, database in databases.items():
            _use(database)
            clients = {"portal": _client("member"), "staff": _client("staff")}
            for name, path in (PAGES | FLOORS).items():
                client = clients["staff" if path.startswith("/staff") else "portal"]
                times.setdefault((size, name), []).extend(_times(client, path))
                queries[name] = max(queries.get(name, 0), _queries(client, path))
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [row for name in PAGES for row in _rows(name, medians, queries)]


def _rows(name: str, medians: dict[tuple[str, str], float], queries: dict[str, int]) -> list[Row]:
    floor = "staff" if PAGES[name].startswith("/staff") else "portal"
    large, small = medians["large", name], medians["small", name]
    return [
        at_most(f"pages: {name}, queries of 12", queries[name], 12, 1.0),
        at_most(f"pages: {name}, ms against the floor page", large, medians["large", floor], 3.0),
        at_most(f"pages: {name}, ms against 50,000 lines", large, small, 1.3),
    ]


def _client(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def _times(client: Client, path: str) -> list[float]:
    for _ in range(WARM_UP):
        _get(client, path)
    return [_timed(client, path) for _ in range(REPEATS)]


def _timed(client: Client, path: str) -> float:
    started = time.perf_counter()
    _get(client, path)
    return (time.perf_counter() - started) * 1000


def _get(client: Client, path: str) -> Any:
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return response


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _get(client, path)
    return sum(1 for query in captured if not _is_frame(query["sql"]))


def _is_frame(statement: str) -> bool:
    """Opening and closing the transaction asks the database for nothing."""
    return statement.upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
