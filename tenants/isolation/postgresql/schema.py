"""A table with a tenant cannot be created without its wall.

Whoever adds a model with a foreign key ``tenant`` gets, from the migration that creates
the table and without another line: row-level security enabled and forced, a policy per
audience, grants, the trail trigger, and foreign keys to other tenant tables that carry
``tenant_id`` along. Exceptions are written as SQL in a migration and listed with a reason
in ``tenants.isolation.reviewed``.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import NotSupportedError
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import ForeignKey, Model

from tenants.isolation import sql

TENANT_MODEL = "tenants.tenant"
TOO_LATE = (
    "{table} is to belong to a tenant and has no wall: put the key 'tenant' into the operation "
    "that creates the table."
)


class IsolatingSchemaEditor(DatabaseSchemaEditor):
    _fk_constraint_name: Any  # private to Django, unknown to its stubs
    # Foreign keys are always added as their own statement, so that one method writes them all.
    sql_create_column_inline_fk = None  # type: ignore[assignment]

    def create_model(self, model: type[Model]) -> None:
        super().create_model(model)
        table = model._meta.db_table
        self.execute(sql.grants(table))
        if has_tenant(model):
            self.execute(sql.wall(table))
            if table != sql.TRAIL_TABLE:
                self.execute(sql.trail_trigger(table))

    def add_field(self, model: type[Model], field: Any) -> None:
        # Its wall, its trail and its composite keys come with the table, or not at all.
        if field.name == "tenant" and isinstance(field, ForeignKey):
            raise NotSupportedError(TOO_LATE.format(table=model._meta.db_table))
        super().add_field(model, field)

    def _create_fk_sql(self, model: type[Model], field: Any, suffix: str) -> Statement | None:
        target = field.target_field.model
        if not meets_own_tenant(model, field):
            return super()._create_fk_sql(model, field, suffix)  # type: ignore[misc]
        to_table = target._meta.db_table
        # The key that the composite reference needs, made only where something refers to it.
        self.deferred_sql.append(sql.tenant_key(to_table))
        return Statement(
            self.sql_create_fk,
            table=Table(model._meta.db_table, self.quote_name),
            name=self._fk_constraint_name(model, field, suffix),
            column=Columns(model._meta.db_table, ["tenant_id", field.column], self.quote_name),
            to_table=Table(to_table, self.quote_name),
            to_column=Columns(to_table, ["tenant_id", "id"], self.quote_name),
            deferrable=self.connection.ops.deferrable_sql(),
        )


def has_tenant(model: type[Model]) -> bool:
    """Whether rows of this model belong to one tenant (it has a foreign key ``tenant``)."""
    try:
        field: Any = model._meta.get_field("tenant")
    except FieldDoesNotExist:
        return False
    return isinstance(field, ForeignKey) and _label(field) == TENANT_MODEL


def meets_own_tenant(model: type[Model], field: Any) -> bool:
    """Whether the key joins two tenant tables whose rows must have the same tenant."""
    if field.name == "tenant" or getattr(field, "crosses_tenants", False):
        return False
    return has_tenant(model) and has_tenant(field.target_field.model)


def _label(field: ForeignKey) -> str:
    target = field.remote_field.model
    return target.lower() if isinstance(target, str) else target._meta.label_lower
