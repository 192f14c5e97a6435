"""From a bank's file to lines: keep it, read it in the background, look, take what is new."""

from __future__ import annotations

import re
from datetime import datetime
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backbone.models import Job
from backbone.operations.documents import nothing_left_behind, store_document
from backbone.operations.jobs import start_job
from backbone.progress import Reports, Silent
from backbone.sentences import in_every_language
from banking.keeping import Counts, Keeper, Sorted, fitted, set_aside, sort, told
from banking.models import BankAccount, FileState, StatementFile
from banking.permissions import permissions
from banking.preview import preview_of
from banking.reading.door import LARGEST_BYTES, read_file
from banking.reading.structure import Hints, Reading, Reason, Unreadable
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from foundation.tables.values import DateOrder
from tenants.trail import record_bulk

JOB, PURPOSE = "banking.read_statement", "banking.statement"
TAKEN = gettext_noop("lines of a bank file taken")
ACTION = "upload_statements"
# As a person separates names of columns, with either keyboard.
SEPARATORS = re.compile(r"[;；\t]")
S = FileState


class FileKnown(DomainError):
    """The very bytes were uploaded before."""

    code = "bank_file_once"


def upload_statement(
    *,
    actor: Actor,
    now: datetime,
    file: IO[bytes] | Any,
    name: str,
    account: BankAccount | None = None,
    date_order: str = "",
    take: bool = False,
) -> StatementFile:
    """Keep a file of a bank and have it read in the background; with ``take`` its lines are taken
    at once, without a look at them first.

    ``account`` and ``date_order`` are for what the file leaves open. Raises NotPermitted,
    InvalidInput for a file that is empty or above 12 MB, FileKnown for one that is there already.
    """
    with nothing_left_behind():
        return _upload(
            actor=actor, now=now, file=file, name=name, account=account, date_order=date_order,
            take=take,
        )  # fmt: skip


@operation
def _upload(
    *,
    actor: Actor,
    now: datetime,
    file: Any,
    name: str,
    account: BankAccount | None,
    date_order: str,
    take: bool,
) -> StatementFile:
    permissions.require(actor, ACTION)
    document = store_document(
        actor=actor, now=now, file=file, name=name, purpose=PURPOSE, limit=LARGEST_BYTES
    )
    known = StatementFile.objects.filter(sha256=document.sha256).first()
    if known is not None:
        raise FileKnown(
            _("This very file is there already, as “%(name)s”. Nothing was added."),
            params={"name": known.name},
        )
    own = StatementFile.objects.create(
        document=document,
        name=document.name,
        sha256=document.sha256,
        account=account,
        date_order=date_order,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
    )
    _start(actor, now, own, take=take)
    return own


@operation
def read_again(
    *,
    actor: Actor,
    now: datetime,
    file: StatementFile,
    account: BankAccount | None = None,
    date_order: str = "",
    columns: str = "",
) -> StatementFile:
    """Read the file once more, with other answers or after an account was added. What was taken
    stays, and adds nothing a second time. Raises NotPermitted, WrongState while it is being read
    or when the file is not kept any more."""
    permissions.require(actor, ACTION)
    own = _locked(file.pk)
    _require_free(own)
    own.account, own.date_order, own.columns = account, date_order, columns
    _wait(own)
    own.save()
    _start(actor, now, own, take=False)
    return own


@operation
def take_lines(*, actor: Actor, now: datetime, file: StatementFile) -> StatementFile:
    """Take the lines of a file that was read, in the background. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    own = _locked(file.pk)
    if own.state != S.READ:
        raise WrongState
    _wait(own)
    own.save()
    _start(actor, now, own, take=True)
    return own


@operation
def read_statement(
    *,
    actor: Actor,
    now: datetime,
    file_id: int,
    take: bool = False,
    reporter: Reports | None = None,
) -> StatementFile:
    """Read the stored file and, with ``take``, keep its lines: all in the transaction that is open.

    A file that was read is given back as it is, so a worker may try again. Runs as park staff.
    Raises JobCancelled when the reporter was told to stop, BytesMissing.
    """
    permissions.require(actor, ACTION)
    own = _locked(file_id)
    if own.state != S.WAITING or own.document is None:
        return own
    reporter = reporter or Silent()
    try:
        reading = read_file(_bytes_of(own), _hints(own))
    except Unreadable as error:
        return _refuse(own, error.reason)
    reporter.check()
    found = sort(reading, _accounts(own), own.account)
    counts = Keeper(own, reading, reporter, write=take).keep(found)
    _settle(own, reading, found, counts, take=take)
    if take:
        record_bulk("banking_statementfile", own.pk, after=_summary(own), reason=TAKEN)
    return own


def job_of(file: StatementFile) -> Job | None:
    """The last that read the file."""
    return Job.objects.filter(kind=JOB, payload__file_id=file.pk).order_by("-pk").first()


def _start(actor: Actor, now: datetime, own: StatementFile, *, take: bool) -> None:
    start_job(actor=actor, now=now, kind=JOB, payload={"file_id": own.pk, "take": take})


def _wait(own: StatementFile) -> None:
    if own.state != S.WAITING:
        own.move_to(S.WAITING)
    own.refusal_code, own.refusal = "", {}


def _require_free(own: StatementFile) -> None:
    job = job_of(own)
    if own.document is None or (own.state == S.WAITING and job and not job.is_finished):
        raise WrongState


def _locked(file_id: int) -> StatementFile:
    related = StatementFile.objects.select_related("document", "account")
    return related.select_for_update(of=("self",)).get(pk=file_id)


def _bytes_of(own: StatementFile) -> bytes:
    assert own.document is not None
    with own.document.open() as file:
        return file.read()


def _hints(own: StatementFile) -> Hints:
    return Hints(
        account=own.account.number if own.account else "",
        currency=own.account.currency if own.account else "",
        date_order=DateOrder(own.date_order) if own.date_order else None,
        columns=tuple(SEPARATORS.split(own.columns)) if own.columns.strip() else (),
    )


def _accounts(own: StatementFile) -> list[BankAccount]:
    """All that are in use, locked: of two files that are read at once the second waits."""
    return list(BankAccount.objects.in_use().select_for_update().order_by("pk"))


def _refuse(own: StatementFile, why: Reason) -> StatementFile:
    own.move_to(S.REFUSED)
    own.refusal_code = why.code[:40]
    own.refusal = in_every_language(why.message, why.params)
    own.kind, own.remarks, own.preview = "", [], []
    own.lines_read = own.lines_new = own.lines_known = own.set_aside = 0
    own.save()
    set_aside(own, [])
    return own


def _settle(
    own: StatementFile, reading: Reading, found: Sorted, counts: Counts, *, take: bool
) -> None:
    own.move_to(S.TAKEN if take else S.READ)
    own.kind, own.remarks = reading.kind, told(reading.remarks)
    own.lines_read, own.lines_new, own.lines_known = counts.read, counts.new, counts.known
    own.set_aside = len(found.aside)
    own.preview = [] if take else preview_of(found)
    fitted(own).save()
    set_aside(own, found.aside)


def _summary(own: StatementFile) -> dict[str, Any]:
    names = ("sha256", "kind", "lines_read", "lines_new", "lines_known", "set_aside")
    return {name: getattr(own, name) for name in names}
