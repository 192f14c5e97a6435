"""Files that are made while somebody waits, handed over."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_name(stem: str, ending: str) -> str:
    """A list is of the day on which it is made; a paper has its number."""
    if ending == "xlsx":
        stem = f"{stem}-{timezone.localdate()}"
    return f"{stem}.{ending}"


def answer(content: bytes, name: str, kind: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
