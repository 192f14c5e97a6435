"""A run of bills over 500 organisations with 20 charges each, against plain psycopg2 running the
same statements.

Bundle by bundle in turns: ours gathers or issues one as the worker does, the floor repeats what
the next one sent to the database, and commits as it does. Reading the charges, numbers and taxes,
rules, books and trail are the same work for both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import psycopg2
from django.utils import timezone

from backbone import outbox
from benchmarks.bookings import SYSTEM, _organisation, _parameters, _statements
from benchmarks.rows import Row, at_most
from billing.models import Charge, ChargeKind, InvoiceRun
from billing.operations import run_work, runs
from billing.run_jobs import REASON
from foundation.actors import Actor
from park_portal.embedded.postgres import EmbeddedPostgres
from tenants.isolation.context import APP, STAFF, Identity, across_tenants, enter
from tenants.models import Tenant

ORGANISATIONS, CHARGES, DEMANDED = 500, 20, 3
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
Work = Callable[[], Any]
# What others refer to by a key that the database gives.
KEYS = [f"{table}_id_seq" for table in ("billing_invoice", "ledger_account", "ledger_voucher")]


def run(server: EmbeddedPostgres) -> list[Row]:
    actor = _fill()
    # No broker runs here, and waiting for one is no work of a run.
    with (
        patch.object(outbox, "_nudge", lambda: None),
        psycopg2.connect(**_parameters()) as plain,
        psycopg2.connect(_owner()) as owner,
    ):
        owner.autocommit = True
        ours, floor = _seconds(_gathering(actor), plain, owner)
        _issue_now(actor)
        more = _seconds(_issuing(actor), plain, owner)
    ours, floor = ours + more[0], floor + more[1]
    print(f"  {ORGANISATIONS / ours:.0f} bills a second", flush=True)
    name = f"a run of {ORGANISATIONS} bills × {CHARGES}: seconds"
    return [at_most(name, ours, floor, DEMANDED)]


def _fill() -> Actor:
    """Organisations with their charges; gives whoever works for the park."""
    with enter(Identity(STAFF)):
        park = _organisation("operator", 0)
        tenants = [_organisation("enterprise", n + 1) for n in range(ORGANISATIONS)]
        Charge.objects.bulk_create(
            (_charge(tenant, number) for tenant in tenants for number in range(CHARGES)),
            batch_size=1000,
        )
    return replace(SYSTEM, tenant_id=park.pk)


def _charge(tenant: Tenant, number: int) -> Charge:
    kind = [ChargeKind.SERVICE, ChargeKind.RENT, ChargeKind.OTHER][number % 3]
    return Charge(
        tenant=tenant, source_type="benchmarks.thing", source_id=number, kind=kind, what="M-1",
        period=TODAY + timedelta(days=number), unit_price=Decimal(106), amount=Decimal(106),
        tax_rate=Decimal(6), currency="CNY", due_on=TODAY,
    )  # fmt: skip


def _gathering(actor: Actor) -> list[Work]:
    with enter(Identity(STAFF, actor.tenant_id)):
        own = runs.begin_run(actor=actor, now=NOW, upto=TODAY, issue_on=TODAY)
        tenants = run_work.debtors(own)
    return [
        partial(_do, actor, run_work.gather, tenants=some)
        for some in _bundles(tenants, run_work.ORGANISATIONS)
    ]


def _issue_now(actor: Actor) -> None:
    _do(actor, run_work.end_gathering)
    with enter(Identity(STAFF, actor.tenant_id)):
        runs.issue_run(actor=actor, now=NOW, run=InvoiceRun.objects.get())


def _issuing(actor: Actor) -> list[Work]:
    with enter(Identity(STAFF, actor.tenant_id)):
        drafts = runs.drafts_of(InvoiceRun.objects.get()).order_by("pk")
        keys = list(drafts.values_list("pk", flat=True))
    assert len(keys) == ORGANISATIONS
    return [
        partial(_do, actor, run_work.issue, bills=some) for some in _bundles(keys, run_work.BILLS)
    ]


def _bundles(keys: Sequence[int], size: int) -> list[Sequence[int]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _do(actor: Actor, operation: Any, **values: Any) -> None:
    """As the worker does it."""
    with enter(Identity(APP, actor.tenant_id)), across_tenants(REASON):
        run_id = InvoiceRun.objects.get().pk
        operation(actor=actor, now=NOW, run_id=run_id, **values)


def _seconds(bundles: list[Work], plain: Any, owner: Any) -> tuple[float, float]:
    """Of ours and of the floor, for all bundles: each did half of them."""
    bundles[0]()
    times = [0.0, 0.0]
    for number, bundle in enumerate(bundles[1:]):
        work = _repeated(bundle, plain, owner) if number % 2 else bundle
        started = time.perf_counter()
        work()
        times[number % 2] += time.perf_counter() - started
    done = [len(bundles[1::2]), len(bundles[2::2])]
    return times[0] * len(bundles) / done[0], times[1] * len(bundles) / done[1]


def _repeated(bundle: Work, plain: Any, owner: Any) -> Work:
    """What the bundle sends, once more by itself: the recording is undone, its keys as well."""
    with owner.cursor() as cursor:
        before = [_last(cursor, key) for key in KEYS]
        statements = _statements(bundle)
        for key, last in zip(KEYS, before, strict=True):
            cursor.execute("select setval(%s, %s, %s)", [key, *last])

    def repeat() -> None:
        with plain.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()
        plain.commit()

    return repeat


def _last(cursor: Any, key: str) -> tuple[int, bool]:
    cursor.execute(f"select last_value, is_called from {key}")
    found: tuple[int, bool] = cursor.fetchone()
    return found


def _owner() -> str:
    return os.environ["DATABASE_OWNER_URL"]
