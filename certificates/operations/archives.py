"""All certificates of an organisation in one archive: the PDFs and a list of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.models import Document, Job
from backbone.operations.exports import keep_export
from backbone.operations.jobs import start_job
from backbone.progress import Reports
from certificates.models import Certificate, CertificateQuerySet
from certificates.paper import file_name, printed
from certificates.permissions import permissions
from certificates.presentation import LABELS
from certificates.queries import CertificateFilter, filtered
from certificates.tasks import ARCHIVE_JOB
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from foundation.tables.writing import Sheet, write_xlsx

PURPOSE = "certificates.archive"
KEPT_DAYS = 7
LIST = "certificates.xlsx"
COLUMNS = [
    *("number", "given_number", "kind", "holder_name", "holder_latin_name", "holder_id"),
    *("course_zh", "course_en", "started_on", "ended_on", "grade", "issuer_zh", "issued_on"),
    *("expires_on", "state", "reason"),
]


class NothingToPutIn(WrongState):
    code = "no_certificates"
    message = gettext_lazy("There is no certificate to put into an archive.")


@operation
def start_archive(*, actor: Actor, now: datetime, wanted: dict[str, Any]) -> Job:
    """``wanted`` holds a CertificateFilter's values, days as ISO text, and ``language``.

    Raises NotPermitted, NothingToPutIn.
    """
    permissions.require(actor, "hand_out_certificates")
    if not _found(actor, now, wanted).exists():
        raise NothingToPutIn
    return start_job(actor=actor, now=now, kind=ARCHIVE_JOB, payload=wanted)


@operation
def write_archive(
    *,
    actor: Actor,
    now: datetime,
    wanted: dict[str, Any],
    reporter: Reports,
    created_by_id: int | None = None,
) -> Document:
    """Print each as it stands today and keep all of them for KEPT_DAYS days.

    What the park has not issued has a line in the list and no PDF.
    """
    permissions.require(actor, "hand_out_certificates")
    rows = _found(actor, now, wanted).order_by("pk")
    today = timezone.localdate(now)

    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            write_list(archive, rows, today)
            write_papers(archive, rows, today, reporter)

    return keep_export(
        actor=actor,
        now=now,
        write=write,
        language=wanted["language"],
        name=f"certificates-{today}.zip",
        purpose=PURPOSE,
        days=KEPT_DAYS,
        reporter=reporter,
        created_by_id=created_by_id,
    )


def write_papers(
    archive: zipfile.ZipFile, rows: CertificateQuerySet, on: date, reporter: Reports
) -> None:
    """The PDF of each that has one, under its number."""
    ours = rows.filter(number__isnull=False, erased_at=None)
    total = ours.count()
    for done, row in enumerate(ours.iterator(chunk_size=200), start=1):
        archive.writestr(file_name(row), printed(row, on))
        reporter.report(done=done, total=total)
        reporter.check()


def write_list(
    archive: zipfile.ZipFile, rows: CertificateQuerySet, on: date, name: str = LIST
) -> None:
    """One line for each, as a workbook in the language of the moment."""
    out = BytesIO()
    _write_sheet(out, rows, on)
    archive.writestr(name, out.getvalue())


def _write_sheet(out: IO[bytes], rows: CertificateQuerySet, on: date) -> None:
    titles = [capfirst(str(Certificate._meta.get_field(name).verbose_name)) for name in COLUMNS]  # type: ignore[union-attr]
    heads = [*titles, _("Hours of teaching")]
    write_xlsx(out, [Sheet(_("Certificates"), heads, _lines(rows, on))])


def _lines(rows: CertificateQuerySet, on: date) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        said = {name: getattr(row, name) for name in COLUMNS}
        said |= {"kind": row.get_kind_display(), "state": str(LABELS[row.state_on(on)])}
        yield [*said.values(), row.hours]


def _found(actor: Actor, now: datetime, wanted: dict[str, Any]) -> CertificateQuerySet:
    said = {name: value for name, value in wanted.items() if name != "language"}
    days = {name: date.fromisoformat(said[name]) for name in ("since", "until") if said.get(name)}
    return filtered(actor, CertificateFilter(**{**said, **days}), timezone.localdate(now))
