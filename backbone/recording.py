"""Rows of the park's own tables, which have no organisation and so no trigger: whoever writes one
records in the trail what changed."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from tenants.trail import record_change

Row = TypeVar("Row", bound=Model)


def changed(row: Row, values: dict[str, Any]) -> Row:
    """Save the row with these values."""
    before = _values(row)
    for name, value in values.items():
        setattr(row, name, value)
    return saved(row, before)


def saved(row: Row, before: dict[str, Any]) -> Row:
    """Save the row; ``before`` is what stood there, empty for a new one."""
    row.save()
    after = _values(row)
    names = [name for name in after if before.get(name) != after[name]]
    if names:
        record_change(
            type(row),
            row.pk,
            before={name: before[name] for name in names if name in before},
            after={name: after[name] for name in names},
        )
    return row


def _values(row: Model) -> dict[str, Any]:
    """Its columns, as the trail keeps them."""
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    plain = (int, str, bool)
    return {
        name: value if value is None or isinstance(value, plain) else str(value)
        for name, value in found.items()
    }
