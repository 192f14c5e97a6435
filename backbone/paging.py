"""Keyset pages, newest first: the thousandth page costs what the first does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from foundation.refs import pk_of, ref_of

ROWS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """The rows shown, and the cursors for ``?before=`` (newer) and ``?after=`` (older)."""

    rows: list[Any]
    newer: str | None
    older: str | None


def page_of(queryset: QuerySet, query: Mapping[str, str], rows: int = ROWS) -> Page:
    """The page that the address asks for; a cursor that cannot be read shows the first one."""
    kind = queryset.model._meta.label_lower
    after, before = _key(query, "after", kind), _key(query, "before", kind)
    if before is not None:
        found = list(queryset.filter(pk__gt=before).order_by("pk")[: rows + 1])
        more_newer, found = len(found) > rows, found[:rows][::-1]
        return _page(found, kind, newer=more_newer, older=True)
    if after is not None:
        queryset = queryset.filter(pk__lt=after)
    found = list(queryset.order_by("-pk")[: rows + 1])
    return _page(found[:rows], kind, newer=after is not None, older=len(found) > rows)


def _page(rows: list[Any], kind: str, *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], None, None)
    first, last = ref_of(rows[0].pk, kind), ref_of(rows[-1].pk, kind)
    return Page(rows, first if newer else None, last if older else None)


def _key(query: Mapping[str, str], name: str, kind: str) -> int | None:
    try:
        return pk_of(query.get(name, ""), kind)
    except ValueError:
        return None
