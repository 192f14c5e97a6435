"""Bookings per second through the operation, against plain psycopg2 running the same statements.

Two processes with one client each, spread over 200 rooms, in turns: ours books, the floor repeats
what a booking sent to the database, statement by statement, and commits as it does.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg2
from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.rows import Row, at_least
from foundation.actors import Actor
from offices.operations.bookings import book
from offices.operations.rules import set_rule
from park_portal.embedded.postgres import EmbeddedPostgres
from spaces.models import Space
from spaces.operations import tree
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant
from tenants.operations import register_tenant

CLIENTS, ROOMS, ROUNDS, BOOKINGS = 2, 200, 4, 200
START = datetime(2030, 1, 1, tzinfo=UTC)
HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
NOW = timezone.now()
# The park's system makes what the benchmark needs.
SYSTEM = Actor(user_id=None, tenant_id=0, is_staff=True)
Statement = tuple[str, Any]


def run(server: EmbeddedPostgres) -> list[Row]:
    _fill()
    counts = {"ours": 0.0, "floor": 0.0}
    recorded = [_recorded(client) for client in range(CLIENTS)]
    for round_ in range(ROUNDS):
        turns: list[tuple[str, Callable[[int], Any]]] = [
            ("ours", partial(_book_all, round_)),
            ("floor", partial(_repeat, [rounds[round_] for rounds in recorded])),
        ]
        for side, work in turns if round_ % 2 else reversed(turns):
            counts[side] += _seconds(work)
    done = CLIENTS * ROUNDS * BOOKINGS
    print(f"  {len(recorded[0][0][0])} statements for each booking", flush=True)
    ours, floor = done / counts["ours"], done / counts["floor"]
    return [at_least("bookings: per second", ours, floor, 0.35)]


def _fill() -> None:
    with enter(Identity(STAFF)):
        park, *_others = [_organisation(kind, number) for number, kind in enumerate(KINDS)]
    known: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "name_zh": "间", "name_en": "Room"}
    with enter(Identity(STAFF, park.pk)):
        building = tree.add_building(code="a", **known)
        floor = tree.add_floor(building=building, level=1, **known)
        kind = tree.add_type(code="room", **known)
        set_rule(actor=SYSTEM, now=NOW, type=kind, **RULE)
        for number in range(ROOMS):
            tree.add_space(
                kind="meeting_room", type=kind, code=f"R{number}", floor=floor, lets_by_hour=True,
                **known,
            )  # fmt: skip


# Open at any time, as often and as far ahead as the benchmark wants.
RULE: dict[str, Any] = {
    "kinds": ["enterprise"], "roles": ["owner"], "opens_on": list(range(1, 8)),
    "keeps_holidays": False, "opens_at": clock.min, "closes_at": clock.max, "days_ahead": 30_000,
    "most_ahead": 30_000, "ladder": [[0, 100]], "hour_price": Decimal(60),
}  # fmt: skip
KINDS = ["operator", *["enterprise"] * CLIENTS]


def _organisation(kind: str, number: int) -> Tenant:
    name = f"bench-{number}"
    return register_tenant(actor=SYSTEM, now=NOW, slug=name, kind=kind, name=name, name_en=name)


def _bookings(client: int, round_: int, shift: int) -> Iterator[Callable[[], Any]]:
    """Each in another room, and in an hour that nobody else takes."""
    tenant = _tenant(client)
    actor = Actor(user_id=None, tenant_id=tenant.pk, roles=frozenset({"owner"}))
    rooms = list(Space.objects.order_by("pk"))
    for number in range(BOOKINGS):
        room = rooms[number % ROOMS]
        start = START + HOUR * (2 * (number // ROOMS + round_ * BOOKINGS + client * 5_000) + shift)
        yield partial(_book, actor, room, start)


def _tenant(client: int) -> Tenant:
    with enter(Identity(STAFF)):
        return Tenant.objects.get(slug=f"bench-{client + 1}")


def _book(actor: Actor, room: Space, start: datetime) -> None:
    """As a page does it: one transaction, entered as the organisation."""
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        book(actor=actor, now=NOW, space=room, start=start, end=start + HALF, purpose="Talks")


def _recorded(client: int) -> list[list[list[Statement]]]:
    """What bookings of other hours send, by round; nothing of it is kept in the database."""
    return [
        [_statements(work) for work in _bookings(client, round_, 1)] for round_ in range(ROUNDS)
    ]


def _statements(work: Callable[[], Any]) -> list[Statement]:
    sent: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            work()
        transaction.set_rollback(True)
    # Without the savepoint and the putting back, which come of recording inside a transaction.
    return sent[1:-3]


def _book_all(round_: int, client: int) -> Callable[[], None]:
    works = list(_bookings(client, round_, 0))

    def book_all() -> None:
        for work in works:
            work()

    return book_all


def _repeat(bookings: list[list[list[Statement]]], client: int) -> Callable[[], None]:
    plain = psycopg2.connect(**_parameters())

    def repeat() -> None:
        with plain.cursor() as cursor:
            for statements in bookings[client]:
                for sql, params in statements:
                    cursor.execute(sql, params)
                    if cursor.description:
                        cursor.fetchall()
                plain.commit()

    return repeat


def _parameters() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {name: found[name] for name in ("dbname", "user", "host", "port") if name in found}


def _seconds(prepare: Callable[[int], Callable[[], None]]) -> float:
    """How long the slower client works; both begin at once, connected and prepared."""
    connections.close_all()
    # What was recorded for the floor is no garbage for our clients to walk through.
    gc.freeze()
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(CLIENTS)
    times = context.SimpleQueue()

    def client(number: int) -> None:
        work = prepare(number)
        ready.wait()
        started = time.perf_counter()
        work()
        times.put(time.perf_counter() - started)

    processes = [context.Process(target=client, args=[number]) for number in range(CLIENTS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("a client of the benchmark failed")
    return max(times.get() for _each in processes)
