"""Keyset pages, newest first: rows added meanwhile move nothing, and no page costs more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.errors import InvalidInput
from foundation.refs import pk_of, ref_of


def page_of(
    queryset: QuerySet, cursor: str, limit: int, *, kind: str
) -> tuple[list[Any], str | None]:
    """The rows after the cursor and the cursor after them, None at the end.

    Raises InvalidInput for a cursor that no answer held.
    """
    if cursor:
        queryset = queryset.filter(pk__lt=_position(cursor, kind))
    rows = list(queryset.order_by("-pk")[: limit + 1])
    return rows[:limit], ref_of(rows[limit - 1].pk, kind) if len(rows) > limit else None


def unreadable_cursor() -> InvalidInput:
    sentence = _("Take the cursor from “next” of the page before.")
    return InvalidInput(fields={"cursor": sentence})


def _position(cursor: str, kind: str) -> int:
    try:
        return pk_of(cursor, kind)
    except ValueError:
        raise unreadable_cursor() from None
