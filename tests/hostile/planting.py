"""The nastiest text in every column that could hold it, past every form and every wall."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.apps import apps
from django.db import connection, models

from tests import databases
from tests.walls.unmarked import COLUMNS as CODES

# Ends a string, an attribute, a tag, a script; an expression of the theme's; an address that runs.
LONG = (
    "javascript:alert(1)//'\"></textarea></title></script><script>alert(1)</script>"
    "<svg onload=alert(1)>{{constructor.constructor('alert(1)')()}}'+alert(1)+'${alert(1)}"
)
SHORT = ["'\"><svg onload=alert(1)>", "'+alert(1)+'"]
# Tables of libraries, which keep keys and codes there.
OTHERS = {"auth_group", "auth_permission", "django_content_type", "django_session"}
# Columns without which no page of theirs has an address or opens at all.
KEYS = {
    "tenants_tenant.slug",
    "tenants_user.password",
    "usersessions_usersession.session_key",
    "backbone_demomail.html",
}


def plant() -> set[str]:
    """Fill the columns and give their names."""
    with contextlib.closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        return {name for name, field in _columns() if _fill(owner, field)}


def _columns() -> Iterator[tuple[str, Any]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            name = f"{model._meta.db_table}.{field.column}"
            is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
            if is_text and name not in {*CODES, *KEYS} and model._meta.db_table not in OTHERS:
                yield name, field


def _fill(owner: Any, field: Any) -> bool:
    """With the row's number behind it where no two rows may say the same."""
    text = text_for(field.max_length)
    table, column = field.model._meta.db_table, field.column
    for value in ("%s", "left(%s, 20) || id"):
        statement = f'update "{table}" set "{column}" = {value}'
        with (
            contextlib.suppress(psycopg2.IntegrityError, psycopg2.DataError),
            owner.cursor() as cursor,
        ):
            cursor.execute(statement, [text])
            return bool(cursor.rowcount)
    return False


def text_for(length: int | None) -> str:
    """The longest that fits."""
    fitting = [text for text in (LONG, *SHORT) if length is None or len(text) <= length]
    return fitting[0] if fitting else SHORT[-1][:length]
