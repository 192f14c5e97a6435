"""How an uploaded roster is read: its encoding, its sheet, its rows."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from foundation.errors import InvalidInput
from foundation.tables import encodings
from foundation.tables.encodings import Candidate, EncodingUndecided
from foundation.tables.errors import TableError
from foundation.tables.source import Table, open_table
from learners.models import RosterUpload
from learners.roster.columns import find_columns, recognised, too_many_rows
from learners.values import REQUIRED

LARGEST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 5_000
# Sheets of a workbook that are looked through for the needed columns.
SHEETS_TRIED = 5


def open_roster(upload: RosterUpload) -> Table:
    """The stored file as a table; the caller closes it. Raises TableError, and InvalidInput
    (``file_gone``) once its time is over."""
    if upload.document is None:
        raise InvalidInput(
            _("This file was kept for some days only. Upload it again."), code="file_gone"
        )
    return open_table(
        upload.document.path,
        filename=upload.name,
        encoding=upload.encoding or None,
        sheet=upload.sheet or None,
    )


def settle_reading(upload: RosterUpload) -> None:
    """Say how the file is read, where the bytes or the names of the columns leave no doubt.

    A file of Chinese letters that is no UTF-8 can be read in several encodings, but the names of
    the columns come out right in one of them only. Raises TableError, EncodingUndecided and
    InvalidInput for too many rows.
    """
    try:
        table = open_roster(upload)
    except EncodingUndecided as undecided:
        fitting = [c for c in undecided.judgement.candidates if _names_columns(upload, c.encoding)]
        if len(fitting) != 1:
            raise
        upload.encoding = fitting[0].encoding
        table = open_roster(upload)
    with table:
        upload.encoding = table.encoding
        upload.sheet = _fitting_sheet(upload, table)
    with open_roster(upload) as table:
        check_table(table)


def check_table(table: Table) -> None:
    """Raises TableError without the needed columns, InvalidInput for too many rows."""
    find_columns(table.headers)
    for count, _row in enumerate(table.rows(), 1):
        if count > MOST_ROWS:
            raise too_many_rows(MOST_ROWS)


def sheets_of(upload: RosterUpload) -> list[str]:
    with open_roster(upload) as table:
        return table.sheets


def candidates_of(upload: RosterUpload) -> list[Candidate]:
    """The encodings to choose from, with lines that show how each would look."""
    assert upload.document is not None
    with Path(upload.document.path).open("rb") as file:
        return list(encodings.judge(file).candidates)


def _fitting_sheet(upload: RosterUpload, table: Table) -> str:
    """The one that was chosen, else the first that has the needed columns."""
    first = table.sheet or ""
    if upload.sheet or _is_complete(table):
        return first
    for name in table.sheets[:SHEETS_TRIED]:
        assert upload.document is not None
        with open_table(upload.document.path, filename=upload.name, sheet=name) as other:
            if _is_complete(other):
                return name
    return first


def _is_complete(table: Table) -> bool:
    return recognised(table.headers).keys() >= set(REQUIRED)


def _names_columns(upload: RosterUpload, encoding: str) -> bool:
    assert upload.document is not None
    try:
        with open_table(upload.document.path, filename=upload.name, encoding=encoding) as table:
            return _is_complete(table)
    except TableError:
        return False
