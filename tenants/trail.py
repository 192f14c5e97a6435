"""Reading and writing the trail; changes of rows are recorded by the triggers themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model

from tenants.isolation.context import current_identity
from tenants.models import TrailEntry

# Columns that the trail's page does not show, by table.
_confidential: dict[str, frozenset[str]] = {}


def keep_confidential(table: str, columns: Collection[str]) -> None:
    """The trail keeps these columns and its page hides them; called in ``AppConfig.ready``."""
    _confidential[table] = frozenset(columns)


def without_confidential(table: str, row: dict[str, Any]) -> dict[str, Any]:
    hidden = _confidential.get(table, frozenset())
    return {name: "…" if name in hidden else value for name, value in row.items()}


def record_crossing(reason: str) -> None:
    """Record that an operation looks across organisations; ``reason`` is a short fixed text."""
    _record(TrailEntry.Action.CROSSING, table="", reason=reason)


def record_bulk(table: str, row_id: int, *, after: dict[str, Any], reason: str) -> None:
    """Record one row for many written together (an import) instead of one for each."""
    _record(TrailEntry.Action.BULK, table=table, row_id=row_id, after=after, reason=reason)


def record_change(
    model: type[Model], row_id: int, *, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Record a change in a table that has no tenant, and therefore no trigger, of its own."""
    table = model._meta.db_table
    _record(TrailEntry.Action.UPDATE, table=table, row_id=row_id, before=before, after=after)


def record_link(model: type[Model], row_id: int, *, after: dict[str, Any]) -> None:
    """Record that somebody made a link to a row; ``after`` says until when it works."""
    _record(TrailEntry.Action.LINK, table=model._meta.db_table, row_id=row_id, after=after)


def _record(action: TrailEntry.Action, **values: Any) -> None:
    identity = current_identity()
    if identity.tenant_id is None:
        raise RuntimeError("the trail needs to know for which organisation the work is done")
    TrailEntry.objects.create(
        tenant_id=identity.tenant_id,
        user_id=identity.user_id,
        key_id=identity.key_id,
        request_id=identity.request_id,
        action=action,
        **values,
    )
