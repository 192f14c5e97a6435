"""The whole pipeline on the connection that the caller's transaction uses: all of it or nothing."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backbone.progress import Reports
from foundation.errors import DomainError
from foundation.tables.source import Table
from trade.models import OrderImport
from trade.pipeline import answer, countries, lines, orders, progress, rollups, staging
from trade.rates import RATES_LOCK

# Any constant: the first half of the lock's name, the organisation is the second.
LOCK_CLASS = 7_301
LOCK_WAIT_SECONDS = 0.2
# Sorting a million lines in memory needs more; PostgreSQL spills to disk what does not fit.
WORK_MEM = "128MB"


def run(order_import: OrderImport, table: Table, reporter: Reports) -> dict[str, Any]:
    """Import the table as the current organisation; gives the answer (see the issue's list).

    Raises TableError where the file cannot be read. Needs an open transaction with the tenant set.
    """
    mapping = order_import.mapping
    if mapping is None:
        raise DomainError(_("Choose a mapping first."), code="no_mapping")
    with connection.cursor() as cursor:
        cursor.execute("select set_config('work_mem', %s, true)", [WORK_MEM])
        rows_read = staging.stage(cursor, table, mapping, reporter)
        labels = countries.resolve(staging.labels(cursor), mapping.country_labels)
        take_turn(cursor, order_import.tenant_id, reporter)
        reporter.report(done=progress.READ, total=progress.DONE, note="orders")
        params = orders.insert_orders(
            cursor,
            tenant_id=order_import.tenant_id,
            import_id=order_import.pk,
            mapping=mapping,
            labels=labels,
        )
        inserted = lines.insert_lines(cursor, params, reporter)
        reporter.check()
        reporter.report(done=progress.LINES, total=progress.DONE, note="figures")
        rollups.update_figures(cursor, params)
        return answer.compose(cursor, rows_read=rows_read, inserted=inserted, labels=labels)


def take_turn(cursor: Any, tenant_id: int, reporter: Reports) -> None:
    """One import of an organisation writes at a time; waits with a sign of life.

    Two at once would both find their orders missing. Rates stay as they are until the end.
    """
    while not _locked(
        cursor, "select pg_try_advisory_xact_lock(%s, hashint8(%s))", [LOCK_CLASS, tenant_id]
    ):
        _wait(reporter)
    while not _locked(cursor, "select pg_try_advisory_xact_lock_shared(%s, %s)", list(RATES_LOCK)):
        _wait(reporter)


def _locked(cursor: Any, statement: str, params: list[int]) -> bool:
    cursor.execute(statement, params)
    return bool(cursor.fetchone()[0])


def _wait(reporter: Reports) -> None:
    reporter.check()
    reporter.report(note="waiting")
    time.sleep(LOCK_WAIT_SECONDS)
