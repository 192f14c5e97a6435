"""Which tables and columns an export has, and how their values are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db.models import Field, ForeignKey, JSONField, Model
from django.utils import timezone
from django.utils.text import capfirst

from backbone.data_export import reviewed
from foundation.errors import Sentence
from foundation.refs import ref_of
from tenants.isolation.postgresql.schema import has_tenant
from tenants.models import Membership, Tenant

ROWS_AT_ONCE = 2_000
# Kinds of ref that differ from the model's own name, so that a ref here is the one in addresses.
KINDS = {
    "backbone.document": "file",
    "billing.creditnote": "credit_note",
    "billing.invoice": "bill",
    "gateway.apikey": "key",
    "learners.rosterupload": "roster",
    "residency.documentrequirement": "requirement",
    "tenants.user": "person",
    "trade.importmapping": "mapping",
    "trade.orderimport": "import",
    "trade.rowconsent": "consent",
    "training.seatagreement": "seat_agreement",
    "training.session": "training",
    "training.sessiondate": "training_date",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """``plain`` is the value for programs, ``shown`` the one in the workbook."""

    name: str
    title: Sentence
    attribute: str
    plain: Callable[[Any], Any]
    shown: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the export."""

    name: str
    title: Sentence
    columns: list[Column]
    model: type[Model]
    where: dict[str, Any]

    def count(self) -> int:
        return self.model._base_manager.filter(**self.where).count()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Values as the database has them, in the order of the columns; read in portions."""
        names = [column.attribute for column in self.columns]
        found = self.model._base_manager.filter(**self.where).order_by("pk")
        return found.values_list(*names).iterator(chunk_size=ROWS_AT_ONCE)


def exported_models() -> list[type[Model]]:
    """Every model with a tenant that is not left out on purpose; a proxy's rows are those of its
    table."""
    return [
        model
        for model in apps.get_models()
        if has_tenant(model)
        and not model._meta.proxy
        and model._meta.db_table not in reviewed.TABLES
    ]


def tables(tenant_id: int) -> list[Table]:
    """The organisation itself, its people, then its tables in the order of their apps.

    Read them as the organisation: which rows come is the policies' decision, not only ours.
    """
    own = {"tenant_id": tenant_id}
    return [
        _table(Tenant, {"pk": tenant_id}),
        _people(tenant_id),
        *(_table(model, own) for model in exported_models()),
    ]


def kind_of(model: type[Model]) -> str:
    """The kind of the refs that name a model's rows."""
    return KINDS.get(model._meta.label_lower, str(model._meta.model_name))


def _table(model: type[Model], where: dict[str, Any]) -> Table:
    name = model._meta.db_table
    kept = [
        _column(field)
        for field in model._meta.concrete_fields
        if field.name != "tenant" and f"{name}.{field.column}" not in reviewed.COLUMNS
    ]
    title = capfirst(str(model._meta.verbose_name_plural))
    return Table(model._meta.label_lower, title, kept, model, where)


def _people(tenant_id: int) -> Table:
    """Who is or was a member, by the names that colleagues see; an address only of members."""
    user = Membership._meta.get_field("user").remote_field.model
    fields = [user._meta.get_field(name) for name in ("id", "username", "full_name")]
    members = Membership.objects.filter(tenant_id=tenant_id).values("user_id")
    title = capfirst(str(user._meta.verbose_name_plural))
    return Table(
        "tenants.user", title, [_column(field) for field in fields], user, {"pk__in": members}
    )


def _column(field: Any) -> Column:
    plain, shown = _writers(field)
    return Column(field.name, capfirst(str(field.verbose_name)), field.attname, plain, shown)


def _writers(field: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if field.primary_key:
        return _as_ref(field.model), _as_ref(field.model)
    if isinstance(field, ForeignKey):
        return _as_ref(field.remote_field.model), _as_ref(field.remote_field.model)
    if isinstance(field, JSONField):
        return _same, _as_json
    if isinstance(field, ArrayField) and isinstance(field.base_field, ArrayField):
        return _same, _as_json
    if isinstance(field, ArrayField):
        return _same, _labels(field.base_field)
    if isinstance(field, DateTimeRangeField):
        return _interval, _span
    if field.choices:
        return _plain, _label(field)
    return _plain, _same


def _as_ref(model: Any) -> Callable[[Any], Any]:
    kind = kind_of(model)
    return lambda pk: None if pk is None else ref_of(pk, kind)


def _label(field: Field) -> Callable[[Any], Any]:
    known = {value: str(label) for value, label in field.flatchoices}
    return lambda value: known.get(value, value)


def _labels(field: Field) -> Callable[[Any], str]:
    label = _label(field)
    return lambda values: " · ".join(str(label(value)) for value in values or [])


def _as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _interval(value: Any) -> str:
    """ISO 8601: begin and end, two dots for none."""
    ends = (value.lower, value.upper)
    return "/".join(".." if moment is None else moment.isoformat() for moment in ends)


def _span(value: Any) -> str:
    """Begin and end where the park is, nothing for none."""
    ends = (value.lower, value.upper)
    moments = ("" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}" for at in ends)
    return " – ".join(moments).strip()


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    """As the API writes it: amounts as text, so that nothing is lost to a binary number."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | None) else str(value)
