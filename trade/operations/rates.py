"""Reference rates: read from a file, and every figure in yuan that follows from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from foundation.actors import Actor
from foundation.operations import operation
from foundation.tables.source import Table
from tenants.isolation.context import current_identity
from tenants.trail import record_bulk
from trade.permissions import permissions
from trade.pipeline import rates as pipeline

RECORDED = gettext_noop("reference rates recorded")


@operation
def record_rates(*, actor: Actor, now: datetime, table: Table) -> dict[str, Any]:
    """Store the rates of a file and bring all figures in yuan up to date, in one transaction.

    Reads the ECB's daily file (euro foreign exchange reference rates) and the table of the RMB
    central parity rate; which of the two, the header tells. A rate that is there already is
    replaced where it differs. Runs as park staff, across organisations. Gives ``source``,
    ``days``, ``new``, ``changed``, ``without_cny``, ``first_day``, ``last_day`` and ``figures``,
    the number of daily sums that changed. Raises TableError for another table.
    """
    permissions.require(actor, "record_rates")
    with connection.cursor() as cursor:
        answer = pipeline.record(cursor, table)
    if current_identity().tenant_id is not None:
        record_bulk("trade_referencerate", 0, after=answer, reason=RECORDED)
    return answer
