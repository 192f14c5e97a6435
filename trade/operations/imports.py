"""From an uploaded file to orders: upload, say how to read it, check it, run it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import IO, Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from backbone.models import Document
from backbone.operations.documents import nothing_left_behind, store_document
from backbone.operations.jobs import start_job
from backbone.progress import Reports, Silent
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from foundation.tables.encodings import EncodingUndecided
from foundation.tables.source import Table, open_table
from tenants.trail import record_bulk
from trade.models import ImportMapping, OrderImport
from trade.permissions import permissions
from trade.pipeline import run as pipeline
from trade.pipeline.check import Check, check_table
from trade.pipeline.rejected import write_rejected

JOB = "trade.import_orders"
IMPORTED = gettext_noop("orders imported")
UPLOADED, REJECTED = "trade.orders", "trade.rejected_orders"
# Those of a check: whoever mends them imports the file meanwhile, or checks it again.
REJECTED_DAYS = 30
# Above a million rows of the widest file seen; a workbook is judged by its rows.
LARGEST_UPLOAD_BYTES = 256 * 1024 * 1024


@operation
def upload_orders(*, actor: Actor, now: datetime, file: IO[bytes] | Any, name: str) -> OrderImport:
    """Keep an uploaded file of orders and open an import for it; nothing is read yet.

    Raises InvalidInput when the file is empty or too large.
    """
    permissions.require(actor, "import_orders")
    document = store_document(
        actor=actor, now=now, file=file, name=name, purpose=UPLOADED, limit=LARGEST_UPLOAD_BYTES
    )
    return OrderImport.objects.create(
        tenant_id=actor.tenant_id, document=document, created_by_id=actor.user_id, created_at=now
    )


@operation
def receive_orders(*, actor: Actor, now: datetime, file: IO[bytes] | Any, name: str) -> OrderImport:
    """Keep an uploaded file and read it as far as nobody has to choose.

    Where the bytes leave the encoding open the import waits for a choice. Raises InvalidInput
    for a file that is empty, too large or no table; nothing of it stays, its bytes included.
    """
    with nothing_left_behind():
        own = upload_orders(actor=actor, now=now, file=file, name=name)
        try:
            return read_import_as(actor=actor, now=now, order_import=own)
        except EncodingUndecided:
            return own


@operation
def read_import_as(
    *,
    actor: Actor,
    now: datetime,
    order_import: OrderImport,
    mapping: ImportMapping | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> OrderImport:
    """Say how the file is to be read; what is None stays as it was.

    Raises WrongState once the import was started, TableError where the first rows of the file
    cannot be read so.
    """
    permissions.require(actor, "import_orders")
    own = _locked(actor, order_import.pk)
    if own.is_finished or own.job_id is not None:
        raise WrongState
    choices = {"mapping": mapping, "encoding": encoding, "delimiter": delimiter, "sheet": sheet}
    for field, value in choices.items():
        if value is not None:
            setattr(own, field, value)
    with open_import(own) as table:
        table.preview()
        own.encoding, own.sheet = table.encoding, table.sheet or ""
        own.delimiter = table.delimiter if table.kind == "csv" else ""
    own.save()
    return own


@operation
def check_import(
    *,
    actor: Actor,
    now: datetime,
    order_import: OrderImport,
    reporter: Reports | None = None,
    keep_rejected: bool = False,
) -> Check:
    """Judge every row as the import would, and import none. Takes about 7 s for a million rows.

    With ``keep_rejected`` the rejected rows are kept as a file for REJECTED_DAYS days.
    """
    permissions.require(actor, "import_orders")
    if order_import.mapping is None:
        raise DomainError(_("Choose a mapping first."), code="no_mapping")
    last_day = timezone.localdate(now) + timedelta(days=REJECTED_DAYS)
    with open_import(order_import) as table:

        def keep() -> int:
            return _keep_rejected(actor, now, order_import, table, expires_on=last_day).pk

        kept = keep if keep_rejected else None
        return check_table(table, order_import.mapping, reporter or Silent(), kept)


@operation
def start_import(
    *, actor: Actor, now: datetime, order_import: OrderImport, all_or_nothing: bool = False
) -> OrderImport:
    """Run the import as a background job. Raises WrongState when it has one already.

    With ``all_or_nothing`` one rejected row stops it and nothing is imported.
    """
    permissions.require(actor, "import_orders")
    own = _locked(actor, order_import.pk)
    if own.is_finished or own.job_id is not None:
        raise WrongState
    if own.mapping_id is None:
        raise DomainError(_("Choose a mapping first."), code="no_mapping")
    payload = {
        "import_id": own.pk,
        "all_or_nothing": all_or_nothing,
        # The worker writes the rejected rows' reasons for whoever pressed the button.
        "language": get_language(),
    }
    own.job = start_job(actor=actor, now=now, kind=JOB, payload=payload)
    own.save()
    return own


@operation
def run_import(
    *,
    actor: Actor,
    now: datetime,
    import_id: int,
    all_or_nothing: bool = False,
    reporter: Reports | None = None,
) -> OrderImport:
    """Import the stored file in the transaction that is open: all of it or nothing.

    Gives the import with its ``result`` (trade.pipeline.answer). One that has finished is given
    back as it is, so a worker may try again. Records one trail row. Raises TableError where the
    file cannot be read, JobCancelled when the reporter was told to stop, and DomainError
    ``rows_rejected`` where ``all_or_nothing`` was asked for and a row was rejected.
    """
    permissions.require(actor, "import_orders")
    own = _locked(actor, import_id)
    if own.is_finished:
        return own
    with open_import(own) as table:
        result = pipeline.run(own, table, reporter or Silent())
        rejected = sum(result["rejected"].values())
        if all_or_nothing and rejected:
            raise _rows_rejected(rejected)
        own.rejected_document = _keep_rejected(actor, now, own, table) if rejected else None
    own.result = result
    own.first_on, own.last_on = result["first_day"], result["last_day"]
    own.finished_at = now
    own.save()
    record_bulk("trade_orderimport", own.pk, after=_summary(own, result), reason=IMPORTED)
    publish(
        actor=actor, now=now, kind="trade.orders_imported", tenant_id=own.tenant_id,
        import_id=own.pk,
    )  # fmt: skip
    return own


def open_import(order_import: OrderImport) -> Table:
    """The stored file as a table, read the way that was chosen; the caller closes it."""
    return open_table(
        order_import.document.path,
        filename=order_import.document.name,
        encoding=order_import.encoding or None,
        delimiter=order_import.delimiter or None,
        sheet=order_import.sheet or None,
    )


def _locked(actor: Actor, import_id: int) -> OrderImport:
    found = (
        OrderImport.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("document", "mapping", "created_by")
        .filter(pk=import_id)
        .first()
    )
    if found is None:
        raise DomainError(_("There is no such import."), code="not_found")
    return found


def _keep_rejected(
    actor: Actor, now: datetime, own: OrderImport, table: Table, *, expires_on: date | None = None
) -> Document:
    """The refused rows as a file of their own, the reasons in the language of who uploaded."""
    language = (own.created_by.language if own.created_by else "") or get_language()
    stem = own.document.name.rpartition(".")[0] or own.document.name
    with (
        translation.override(language),
        connection.cursor() as cursor,
        write_rejected(cursor, table, own.pk) as file,
    ):
        return store_document(
            actor=actor,
            now=now,
            file=file,
            name=f"{stem}-rejected.csv",
            purpose=REJECTED,
            created_by_id=own.created_by_id,
            expires_on=expires_on,
        )


def _rows_rejected(count: int) -> DomainError:
    return DomainError(
        _("Rows rejected: %(count)s. You chose all or nothing, so nothing was imported."),
        code="rows_rejected",
        params={"count": count},
    )


def _summary(own: OrderImport, result: dict[str, Any]) -> dict[str, Any]:
    told = (
        "rows_read",
        "inserted",
        "already_known",
        "orders",
        "cancelled_orders",
        "first_day",
        "last_day",
    )
    return {
        "document": own.document_id,
        "sha256": own.document.sha256,
        "mapping": own.mapping.name if own.mapping else "",
        **{key: result[key] for key in told},
        "rejected": sum(result["rejected"].values()),
    }
