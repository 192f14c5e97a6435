"""Keyset pages, newest first: the thousandth page costs what the first does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

ROWS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """The rows shown, and the cursors for ``?before=`` (newer) and ``?after=`` (older)."""

    rows: list[Any]
    newer: str | None
    older: str | None


def page_of(queryset: QuerySet, query: Mapping[str, str], rows: int = ROWS) -> Page:
    """The page that the address asks for; a cursor that is no number shows the first one."""
    after, before = _cursor(query, "after"), _cursor(query, "before")
    if before is not None:
        found = list(queryset.filter(pk__gt=before).order_by("pk")[: rows + 1])
        more_newer, found = len(found) > rows, found[:rows][::-1]
        return _page(found, newer=more_newer, older=True)
    if after is not None:
        queryset = queryset.filter(pk__lt=after)
    found = list(queryset.order_by("-pk")[: rows + 1])
    return _page(found[:rows], newer=after is not None, older=len(found) > rows)


def _page(rows: list[Any], *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], None, None)
    return Page(rows, str(rows[0].pk) if newer else None, str(rows[-1].pk) if older else None)


def _cursor(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
