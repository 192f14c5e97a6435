"""What an answer says, whatever it is made of: pages, tables, workbooks, PDF, headers."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote
from zipfile import ZipFile

from django.test import Client
from python_calamine import CalamineWorkbook

WORKBOOK, PDF = b"PK\x03\x04", b"%PDF-"
PDFTOTEXT = shutil.which("pdftotext")


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is its text; ``said`` its headers too, without what the request itself said."""

    path: str
    status: int
    body: str
    said: str


def ask(client: Client, path: str, echoes: tuple[str, ...] = ()) -> Answer:
    """Open the path; ``echoes`` are values in it that a page may well repeat."""
    client.raise_request_exception = False
    response: Any = client.get(path)
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    body = text_of(raw)
    headers = [*response.headers.values(), *(morsel.value for morsel in response.cookies.values())]
    said = "\n".join([body, *headers])
    for sent in (path, quote(path), quote(path, safe=""), *echoes):
        said = said.replace(sent, "")
    return Answer(path, response.status_code, body, said)


def text_of(body: bytes) -> str:
    """The words in the bytes, by what they are."""
    if body.startswith(WORKBOOK):
        return _cells(body)
    if body.startswith(PDF):
        return pdf_text(body)
    return unquote(body.decode("utf-8", "replace"))


def _cells(body: bytes) -> str:
    with ZipFile(BytesIO(body)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names:
            return "\n".join([*names, *(text_of(archive.read(name)) for name in names)])
    book = CalamineWorkbook.from_filelike(BytesIO(body))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return "\n".join([*book.sheet_names, *(str(cell) for row in rows for cell in row)])


def pdf_text(body: bytes) -> str:
    """The printed words; without poppler only what the file holds in the open."""
    if PDFTOTEXT is None:
        return body.decode("latin-1")
    done = subprocess.run([PDFTOTEXT, "-", "-"], input=body, capture_output=True, check=True)
    return re.sub(r"-\n", "", done.stdout.decode())


def names_asked_for(monkeypatch: Any) -> set[str]:
    """Fills with the names of query parameters that views read, from now on."""
    from django.http import QueryDict

    asked: set[str] = set()
    for method in ("__getitem__", "getlist", "get"):
        monkeypatch.setattr(QueryDict, method, _noting(getattr(QueryDict, method), asked))
    return asked


def _noting(real: Any, asked: set[str]) -> Any:
    def note(query: Any, name: str, *rest: Any, **more: Any) -> Any:
        asked.add(name)
        return real(query, name, *rest, **more)

    return note
