"""Whatever changes leaves an entry: who, when, what before and after, for whom, by which request.

Table by table from PostgreSQL's catalogue, so that a table added later is tried too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from backbone.models import Document
from backbone.operations import delete_document
from tenants.isolation import reviewed, sql
from tenants.isolation.context import APP, PUBLIC, STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant, TrailEntry
from tests import databases
from tests.walls.population import Organisation, Population
from tests.walls.tables import tenant_tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REQUEST = "a-request"

# An import's one entry is written when it ends: before that its changes are steps of a wizard.
ROWS = {"trade_orderimport": "finished_at is not null"}
# Which of its columns an import changes in orders, and what makes the import's entry cover it.
COVERED_BY_IMPORT = {"last_import_id", "import_id"}
# Nobody may change these; the tables' own tests say so too.
UNCHANGEABLE = {
    *("leasing_leasestep", "leasing_settlement", "trade_rowaccess"),
    # Of these two the state changes, along its map and nothing else: tests/ledger/test_rows.py.
    *("ledger_account", "ledger_hold", "ledger_voucher"),
    *("training_attendancemark", "training_testresult", "training_feedback"),
    "training_seatgrant",
    *("billing_allocation", "billing_creditnote", "billing_creditnoteline"),
    # Issued and paid: no sum of it can grow either. tests/billing has what can change.
    "billing_invoice",
}

# Another value for a column, by its type; text keeps its length.
OTHER = {
    "character varying": "case when {0} = '' then 'x' else 'x' || substr({0}, 2) end",
    "text": "'x' || coalesce({0}, '')",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 second'",
    "date": "coalesce({0}, current_date) + 1",
    "boolean": "not {0}",
    "jsonb": """'{{"changed": 1}}'::jsonb""",
    "numeric": "coalesce({0}, 0) + 1",
    "bigint": "coalesce({0}, 0) + 1",
    "integer": "coalesce({0}, 0) + 1",
    "smallint": "coalesce({0}, 0) + 1",
}
COLUMNS = """
select column_name, data_type from information_schema.columns
where table_name = %s and table_schema = 'public' and is_generated = 'NEVER'
order by array_position(array['character varying', 'text', 'numeric', 'date']::text[],
                        data_type::text), column_name
"""


@pytest.fixture
def trailed(population: Population) -> list[str]:
    """Tables of organisations that have a trail: all but the reviewed ones."""
    with connection.cursor() as cursor:
        names = {table.name for table in tenant_tables(cursor)}
    assert reviewed.TABLES_WITHOUT_TRAIL.keys() <= names
    return sorted(names - reviewed.TABLES_WITHOUT_TRAIL.keys())


@contextmanager
def acting(role: str, own: Organisation) -> Iterator[Identity]:
    """The owner of the organisation at work; whatever is done is undone at the end."""
    with enter(Identity(role, own.pk, own.owner.user_id, request_id=REQUEST)) as identity:
        yield identity
        transaction.set_rollback(True)


def by_sql(table: str, column: str, row_id: int, expression: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'update "{table}" set "{column}" = {expression} where id = %s', [row_id])


def in_bulk(table: str, column: str, row_id: int, expression: str) -> None:
    """As code does that no operation's ``save`` sees: an update of a whole queryset."""
    rows = [model._meta for model in apps.get_models() if not model._meta.proxy]
    (model,) = [each.model for each in rows if each.db_table == table]
    (field,) = [field for field in model._meta.concrete_fields if field.column == column]
    with connection.cursor() as cursor:
        cursor.execute(f'select {expression} from "{table}" where id = %s', [row_id])
        (value,) = cursor.fetchone()
    if field.get_internal_type() == "JSONField":
        value = json.loads(value)
    model._default_manager.filter(pk=row_id).update(**{field.name: value})


WAYS = {"raw SQL": by_sql, "a bulk update": in_bulk}


def unrecorded(tables: list[str], own: Organisation, way: Any) -> list[str]:
    """Tables in which a change left no right entry, or could not be made at all."""
    return [said for table in tables if (said := _tried(table, own, way))]


def _tried(table: str, own: Organisation, way: Any) -> str:
    for role in (APP, STAFF):
        with acting(role, own):
            row_id = _some_row(table, own)
            for column, kind in _columns(table):
                quoted = f'"{column}"'
                try:
                    with transaction.atomic():
                        way(table, column, row_id, OTHER[kind].format(quoted))
                except DatabaseError:
                    continue
                return _missing(table, row_id, column, own)
    return f"{table}: not changed" if table not in UNCHANGEABLE else ""


def _some_row(table: str, own: Organisation) -> int:
    column = "id" if table == "tenants_tenant" else "tenant_id"
    which = ROWS.get(table, "true")
    with connection.cursor() as cursor:
        cursor.execute(f'select min(id) from "{table}" where {column} = %s and {which}', [own.pk])
        return cursor.fetchone()[0]


def _columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        skipped = {"id", "tenant_id", *COVERED_BY_IMPORT}
        return [(name, kind) for name, kind in cursor if kind in OTHER and name not in skipped]


def _missing(table: str, row_id: int, column: str, own: Organisation) -> str:
    """What the newest entry of the row lacks, '' for nothing."""
    entry = TrailEntry.objects.filter(table=table, row_id=row_id, action="update").last()
    if entry is None or entry.request_id != REQUEST:
        return f"{table}: no entry"
    before, after = entry.before or {}, entry.after or {}
    facts = {
        "tenant": entry.tenant_id == own.pk,
        "person": entry.user_id == own.owner.user_id,
        "moment": timezone.now() - timedelta(minutes=1) < entry.at <= timezone.now(),
        "only what changed": before.keys() == after.keys() == {column},
        "before and after": before != after or _is_unsaid(table, column, before, after),
    }
    lacking = [name for name, there in facts.items() if not there]
    return f"{table}: {', '.join(lacking)}" if lacking else ""


def _is_unsaid(table: str, column: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    words = {before.get(column), after.get(column)}
    return column in reviewed.UNSAID_IN_TRAIL.get(table, []) and words == {"…"}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_change_of_every_table_is_recorded(way, population, trailed):
    assert len(trailed) >= 10
    assert unrecorded(trailed, population.amber, way) == []


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_control_a_table_that_lost_its_trigger_is_named(way, population, trailed):
    as_owner(sql.drop_trail_trigger("backbone_document"))
    assert unrecorded(trailed, population.amber, way) == ["backbone_document: no entry"]


def test_every_row_that_was_made_has_an_entry_or_an_imports(population, trailed):
    """The population was made by operations; only an import's orders and lines have none each."""
    by_import = {"trade_order", "trade_orderline", "trade_orderimport"}
    for table in trailed:
        column = "id" if table == "tenants_tenant" else "tenant_id"
        action = "bulk" if table == "trade_orderimport" else "insert"
        which = ROWS.get(table, "true")
        lost = rows(
            f"""select count(*) from "{table}" t where {which} and not exists (
                  select from tenants_trailentry e where e.action = '{action}'
                  and e."table" = '{table}' and e.row_id = t.id and e.tenant_id = t.{column})"""
        )
        if table not in by_import - {"trade_orderimport"}:
            assert lost == [(0,)], table


def test_a_deleted_row_stays_readable_in_the_trail(population):
    amber = population.amber
    with acting(APP, amber):
        document = Document.objects.filter(purpose="trade.exported_orders").earliest("pk")
        kept = rows(f"select to_jsonb(t) from backbone_document t where id = {document.pk}")
        delete_document(actor=amber.owner.actor(), now=timezone.now(), document=document)
        entry = TrailEntry.objects.get(action="delete", row_id=document.pk)
    assert (entry.before, entry.after) == (kept[0][0], None)
    assert (entry.user_id, entry.request_id) == (amber.owner.user_id, REQUEST)


def test_staff_at_work_are_named_with_their_request(population):
    """Through the staff site: the entry lies with the organisation, the name is the staff's."""
    staff, amber = population.park.owner, population.amber
    member = amber.members["member"]
    page = reverse("admin:tenants_membership_change", args=[member.pk])
    answer = population.client(staff).post(page, {"roles": ["finance"]})
    assert answer.status_code == 302
    with enter_tenant(amber.pk):
        entry = TrailEntry.objects.get(
            table="tenants_membership", action="update", row_id=member.pk
        )
    assert (entry.tenant_id, entry.user_id) == (amber.pk, staff.user_id)
    assert entry.before == {"roles": ["member"]}
    assert entry.after == {"roles": ["finance"]}
    assert entry.request_id == answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("given", "kept"), [("r-1.b_2", True), ("", False), ("x" * 65, False), ("a b", False)]
)
def test_a_caller_may_name_its_request_and_not_much_more(given, kept, client):
    answer = client.get(reverse("account_login"), headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) == kept
    assert 0 < len(answer["X-Request-ID"]) <= 64


def test_what_changes_nothing_is_no_entry(population):
    amber = population.amber
    with acting(APP, amber):
        before = TrailEntry.objects.count()
        assert Membership.objects.filter(tenant_id=amber.pk).update(ended_at=None) > 0
        # One of them had left: that is a change.
        assert TrailEntry.objects.count() == before + 1


# -- the trail itself ------------------------------------------------------------------------

HANDS_OFF = [
    "update tenants_trailentry set user_id = null",
    "update tenants_trailentry set before = null, after = null where action = 'update'",
    "delete from tenants_trailentry",
    "truncate tenants_trailentry",
    "alter table tenants_trailentry disable row level security",
    "alter table backbone_document disable trigger trail",
    "drop trigger trail on backbone_document",
    "create or replace function trail_record() returns trigger language plpgsql as 'begin end'",
    "set session_replication_role = replica",
]


def test_no_role_of_the_portal_alters_the_trail(population):
    for role, statement in product([APP, STAFF, PUBLIC], HANDS_OFF):
        assert _is_forbidden(role, statement, population.amber), f"{role}: {statement}"


def _is_forbidden(role, statement, own):
    try:
        with acting(role, own), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as refusal:
        return re.search("permission denied|must be owner", str(refusal))
    return False


def test_control_with_the_right_an_entry_can_be_altered(population):
    as_owner("grant update on tenants_trailentry to portal_app")
    with acting(APP, population.amber):
        assert TrailEntry.objects.update(user_id=None) > 0


def test_nobody_writes_into_a_neighbours_trail(population):
    amber, birch = population.amber, population.birch
    with acting(APP, amber):
        assert not TrailEntry.objects.exclude(tenant_id=amber.pk).exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            TrailEntry.objects.create(
                tenant=Tenant(pk=birch.pk), action="update", table="tenants_tenant"
            )


def rows(statement: str) -> list[tuple[Any, ...]]:
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def as_owner(statement: str) -> None:
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        owner.cursor().execute(statement)
