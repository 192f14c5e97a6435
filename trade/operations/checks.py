"""Before an import runs: the check of a large file, and its rejected rows to take away."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backbone.models import Job
from backbone.operations.jobs import start_job
from backbone.progress import Silent
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.operations import operation
from trade.models import OrderImport
from trade.operations.imports import open_import
from trade.permissions import permissions
from trade.pipeline import staging
from trade.pipeline.rejected import write_rejected
from trade.wizard.reports import CHECK_JOB, reading_of


@operation
def start_check(*, actor: Actor, now: datetime, order_import: OrderImport) -> Job:
    """Check a file in the background that is too large for a page to wait for."""
    permissions.require(actor, "import_orders")
    payload = {"import_id": order_import.pk, "reading": reading_of(order_import)}
    return start_job(actor=actor, now=now, kind=CHECK_JOB, payload=payload)


@operation
def rejected_rows(*, actor: Actor, now: datetime, order_import: OrderImport) -> IO[bytes]:
    """The rows an import would reject as a CSV file with reasons; writes nothing.

    The caller closes it. Raises TableError as the import would.
    """
    permissions.require(actor, "import_orders")
    if order_import.mapping is None:
        raise DomainError(_("Choose a mapping first."), code="no_mapping")
    kept = tempfile.TemporaryFile(prefix="park-rejected-")  # noqa: SIM115  the caller closes it
    with open_import(order_import) as table, transaction.atomic(), connection.cursor() as cursor:
        staging.stage(cursor, table, order_import.mapping, Silent())
        with write_rejected(cursor, table, order_import.pk) as file:
            shutil.copyfileobj(file, kept)
        staging.drop_leftovers(cursor)
    kept.seek(0)
    return kept
