"""Writing the ZIP: ``data.json``, ``data.xlsx``, ``files/`` and a README in both languages.

Each table is read once, in portions, and goes to both forms at the same time, so they tell the
same and memory stays flat however much there is.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from backbone.data_export.tables import Column, Table, tables
from backbone.models import Document
from backbone.progress import Reports
from foundation.tables.writing import Sheet, continued, write_xlsx
from tenants.models import Tenant

FORMAT, VERSION = "park-portal-export", 1
PURPOSE = "backbone.data_export"
CHUNK_BYTES = 1024 * 1024
ROWS_BETWEEN_REPORTS = 500
# Already small: squeezing them again costs minutes and saves nothing.
SQUEEZED = ("image/", "application/pdf", "application/zip", "application/vnd.openxml")


class Archive:
    """One export on its way into ``out``. Runs as the organisation, in one transaction."""

    def __init__(self, out: IO[bytes], tenant: Tenant, now: datetime, reporter: Reports) -> None:
        self.tenant, self.now, self.reporter = tenant, now, reporter
        self.zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.tables = tables(tenant.pk)
        self.paths = _paths(tenant.pk)
        self.done = 0
        self.total = sum(table.count() for table in self.tables) + len(self.paths)

    def write(self) -> None:
        """Everything; raises JobCancelled between two portions when somebody asked to stop."""
        self._report(0)
        with self.zip:
            with tempfile.TemporaryFile(prefix="park-data-") as book:
                self._write_tables(book)
                self._copy(book, "data.xlsx", zipfile.ZIP_STORED)
            self._write_files()
            self._write_readme()

    # -- tables --------------------------------------------------------------------------------

    def _write_tables(self, book: IO[bytes]) -> None:
        with self.zip.open("data.json", "w", force_zip64=True) as raw:

            def write(text: str) -> Any:
                return raw.write(text.encode())

            head = {
                "format": FORMAT,
                "version": VERSION,
                "made_at": self.now.isoformat(),
                "organisation": self.tenant.slug,
            }
            write(json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {')
            write_xlsx(book, self._sheets(write))
            write("\n}}\n")

    def _sheets(self, write: Callable[[str], Any]) -> Iterator[Sheet]:
        for number, table in enumerate(self.tables):
            columns = [*table.columns, *self._more(table)]
            write(",\n" if number else "\n")
            known = {column.name: str(column.title) for column in columns}
            about = {"title": str(table.title), "columns": known}
            opening = json.dumps(about, ensure_ascii=False)[:-1]
            write(f'{json.dumps(table.name)}: {opening}, "rows": [')
            headers = [column.title for column in columns]
            yield from continued(Sheet(table.title, headers, self._rows(table, columns, write)))
            write("\n]}")

    def _rows(
        self, table: Table, columns: list[Column], write: Callable[[str], Any]
    ) -> Iterator[list[Any]]:
        for number, values in enumerate(table.rows()):
            values = (*values, *(self._path_of(table, values) for _c in columns[len(values) :]))
            pairs = list(zip(columns, values, strict=True))
            plain = {column.name: column.plain(value) for column, value in pairs}
            write(("," if number else "") + "\n" + json.dumps(plain, ensure_ascii=False))
            self._report(1)
            yield [column.shown(value) for column, value in pairs]

    def _more(self, table: Table) -> list[Column]:
        """Where a file's bytes are in the archive."""
        if table.model is not Document:
            return []
        return [Column("path", _("In the archive"), "", _same, _same)]

    def _path_of(self, table: Table, values: tuple[Any, ...]) -> str | None:
        number = [column.attribute for column in table.columns].index("id")
        return self.paths.get(values[number])

    # -- files ---------------------------------------------------------------------------------

    def _write_files(self) -> None:
        own = Document.objects.filter(tenant=self.tenant, pk__in=self.paths).order_by("pk")
        for document in own.iterator(chunk_size=500):
            small = document.content_type.startswith(SQUEEZED)
            with document.open() as source:
                method = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
                self._copy(source, self.paths[document.pk], method)
            self._report(1)

    def _copy(self, source: IO[bytes], name: str, method: int) -> None:
        source.seek(0)
        # Names are UTF-8, and ``zipfile`` says so in the entry's flags.
        entry = zipfile.ZipInfo(name, date_time=self.now.timetuple()[:6])
        entry.compress_type = method
        with self.zip.open(entry, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
                self.reporter.check()

    # -- readme --------------------------------------------------------------------------------

    def _write_readme(self) -> None:
        parts = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                values = {"organisation": self.tenant, "tables": self.tables, "now": self.now}
                parts.append(render_to_string("backbone/data_readme.txt", values).strip())
        self.zip.writestr("README.txt", "\n\n\n".join(parts) + "\n")

    def _report(self, more: int) -> None:
        self.done += more
        if not more or self.done % ROWS_BETWEEN_REPORTS == 0:
            self.reporter.report(done=self.done, total=self.total)


def _paths(tenant_id: int) -> dict[int, str]:
    """Where each file goes: under its own name, a second of the same name with a number.

    Earlier exports are not part of the next one; a file whose bytes are gone has no place.
    """
    taken: set[str] = set()
    found: dict[int, str] = {}
    own = Document.objects.filter(tenant_id=tenant_id).exclude(purpose=PURPOSE).order_by("pk")
    for document in own.iterator(chunk_size=500):
        if document.path.exists():
            found[document.pk] = f"files/{_free(document.name, taken)}"
    return found


def _free(name: str, taken: set[str]) -> str:
    path, number, candidate = PurePosixPath(name), 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{path.stem} ({number}){path.suffix}"
    taken.add(candidate.casefold())
    return candidate


def _same(value: Any) -> Any:
    return value
