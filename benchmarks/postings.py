"""Postings per second through the operation, against plain psycopg2 running the same statements.

Two processes with one client each, spread over the accounts of 40 organisations, in turns: ours
posts, the floor repeats what a posting sent to the database, statement by statement, and commits
as it does. What one client of ours does when all is posted to the same two accounts is printed
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg2
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.bookings import SYSTEM, Statement, _parameters, _seconds
from benchmarks.rows import Row, at_least
from foundation.actors import Actor
from ledger.operations.posting import (
    INSERT_ENTRIES,
    INSERT_VOUCHER,
    Source,
    credit,
    debit,
    post,
)
from park_portal.embedded.postgres import EmbeddedPostgres
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant
from tenants.operations import register_tenant

CLIENTS, BOOKS, ROUNDS, POSTINGS = 2, 40, 4, 300
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def run(server: EmbeddedPostgres) -> list[Row]:
    with enter(Identity(STAFF)):
        tenants = [_organisation(number) for number in range(BOOKS)]
    # The accounts are there before anything is measured.
    for tenant in tenants:
        _post(tenant, 0)
    counts = {"ours": 0.0, "floor": 0.0}
    recorded = [_recorded(tenants, client) for client in range(CLIENTS)]
    for round_ in range(ROUNDS):
        turns: list[tuple[str, Callable[[int], Any]]] = [
            ("ours", partial(_post_all, tenants, round_)),
            ("floor", partial(_repeat, [rounds[round_] for rounds in recorded])),
        ]
        for side, work in turns if round_ % 2 else reversed(turns):
            counts[side] += _seconds(work)
    one = _seconds(partial(_post_all, tenants[:1], ROUNDS))
    done = CLIENTS * ROUNDS * POSTINGS
    print(f"  {len(recorded[0][0][0])} statements for each posting", flush=True)
    print(f"  {CLIENTS * POSTINGS / one:.0f} a second, all to the same two accounts", flush=True)
    ours, floor = done / counts["ours"], done / counts["floor"]
    return [at_least("postings: per second", ours, floor, 0.4)]


def _organisation(number: int) -> Tenant:
    name = f"bench-{number}"
    return register_tenant(
        actor=SYSTEM, now=NOW, slug=name, kind="enterprise", name=name, name_en=name
    )


def _post(tenant: Tenant, number: int) -> None:
    """As a worker does it: one transaction, entered as the organisation."""
    legs = [
        debit("receivable", Decimal("10.50"), "CNY"),
        credit("revenue", Decimal("10.50"), "CNY"),
    ]
    with enter_tenant(tenant.pk):
        post(
            actor=Actor(user_id=None, tenant_id=tenant.pk), now=NOW, tenant=tenant,
            source=Source("benchmarks.thing", number), event="issued", effective_on=TODAY,
            legs=legs, memo="Rent",
        )  # fmt: skip


def _postings(tenants: list[Tenant], client: int, round_: int, shift: int) -> Iterator[Any]:
    """Each of something that nobody posted yet."""
    start = 1 + ((client * 100 + round_) * 2 + shift) * POSTINGS
    for number in range(start, start + POSTINGS):
        yield partial(_post, tenants[number % len(tenants)], number)


def _recorded(tenants: list[Tenant], client: int) -> list[list[list[Statement]]]:
    """What postings of other things send, by round; nothing of it is kept in the database."""
    return [
        [_statements(work) for work in _postings(tenants, client, round_, 1)]
        for round_ in range(ROUNDS)
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


def _post_all(tenants: list[Tenant], round_: int, client: int) -> Callable[[], None]:
    works = list(_postings(tenants, client, round_, 0))

    def post_all() -> None:
        for work in works:
            work()

    return post_all


def _repeat(postings: list[list[list[Statement]]], client: int) -> Callable[[], None]:
    plain = psycopg2.connect(**_parameters())

    def repeat() -> None:
        with plain.cursor() as cursor:
            for statements in postings[client]:
                _send(cursor, statements)
                plain.commit()

    return repeat


def _send(cursor: Any, statements: list[Statement]) -> None:
    """As it was recorded, but for the voucher's key, which is a new one."""
    made = 0
    for sql, params in statements:
        if sql.startswith(INSERT_ENTRIES):
            params[1::7] = [made] * len(params[1::7])
        cursor.execute(sql, params)
        rows = cursor.fetchall() if cursor.description else []
        if sql == INSERT_VOUCHER:
            made = rows[0][0]
