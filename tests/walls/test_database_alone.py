"""PostgreSQL alone keeps neighbours apart: no line of the portal's code stands between.

Each tenant's table times select, insert, update, delete and move to another tenant, times rows of
one's own, a neighbour's and no tenant set, as the role of the web and the workers. The tables and
their keys come from PostgreSQL's catalogue, so a table added later is tried too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from tenants.isolation import catalogue
from tenants.isolation.context import APP, PUBLIC
from tenants.isolation.postgresql.schema import has_tenant
from tests.walls.attempts import (
    CONSTRAINT,
    DENIED,
    FOREIGN_KEY,
    TRIGGER,
    WALLED,
    Database,
    Outcome,
    as_new,
)
from tests.walls.population import Organisation, Population
from tests.walls.tables import Table

# What the role before sign-in may read at all: table to the rows it may see, and why.
PUBLIC_READS = {
    "certificates_certificate": (
        "number = current_setting('app.certificate', true)",
        "the certificate one verifies",
    ),
    "gateway_apikey": ("prefix = current_setting('app.key_prefix', true)", "the key one shows"),
    "tenants_tenant": ("true", "names of organisations stand on public pages"),
    "tenants_membership": ("user_id = %s", "where the person who signs in belongs"),
}


@pytest.fixture
def database(population: Population) -> Iterator[Callable[[str], Database]]:
    opened = []

    def _open(role: str) -> Database:
        opened.append(Database(role))
        return opened[-1]

    yield _open
    for each in opened:
        each.close()


Finding = tuple[str, Outcome]


def trespasses(database: Database, own: Organisation, other: Organisation) -> list[str]:
    """Everything that went otherwise than the wall and the grants say."""
    return [
        f"{table.name}: {own.mark.stem} could {did}: {outcome}"
        for table in database.tables
        for attempts in (reads, inserts, updates, deletes, moves)
        for did, outcome in attempts(database, table, own, other)
    ]


def reads(db: Database, table: Table, own: Organisation, other: Organisation) -> Iterator[Finding]:
    may = bool(db.may("SELECT", table))
    seen = db.attempt(db.select(table), tenant=own)
    if seen != (Outcome(db.count(table, own)) if may else Outcome(refused_by=DENIED)):
        yield "read other rows than all of its own", seen
    for did, tenant in {"read a neighbour's rows": own, "read with no tenant set": None}.items():
        found = db.attempt(db.select(table, "{owner} <> %s"), [own.pk], tenant=tenant)
        if found.rows:
            yield did, found
    none = db.attempt(db.select(table))
    if none.rows:
        yield "read with no tenant set", none


def inserts(
    db: Database, table: Table, own: Organisation, other: Organisation
) -> Iterator[Finding]:
    mine, theirs = as_new(table, db.row(table, own)), as_new(table, db.row(table, other))
    may = bool(db.may("INSERT", table))
    refused = Outcome(refused_by=WALLED if may else DENIED)
    tries: dict[str, tuple[dict[str, Any], Organisation | None]] = {
        "write a row of a neighbour": (theirs, own),
        "write a row with no tenant set": (mine, None),
    }
    for did, (row, tenant) in tries.items():
        if (found := db.attempt(*db.insert(table, row), tenant=tenant)) != refused:
            yield did, found
    found = db.attempt(*db.insert(table, mine), tenant=own)
    # A copy of a row may be one too many, or belong to what is frozen: no wall was in its way.
    full = Outcome(refused_by=CONSTRAINT), Outcome(refused_by=TRIGGER)
    if found not in _as_granted(may, Outcome(1), *full):
        yield "write its own row otherwise than granted", found


def updates(
    db: Database, table: Table, own: Organisation, other: Organisation
) -> Iterator[Finding]:
    may = bool(db.may("UPDATE", table))
    yield from _changes(db, table, own, other, db.touch, _as_granted(may, Outcome(1)))


def deletes(
    db: Database, table: Table, own: Organisation, other: Organisation
) -> Iterator[Finding]:
    may, kept = db.may_delete(table), Outcome(refused_by=FOREIGN_KEY)
    yield from _changes(db, table, own, other, db.delete, _as_granted(may, Outcome(1), kept))


def _changes(
    db: Database,
    table: Table,
    own: Organisation,
    other: Organisation,
    change: Callable[..., Any],
    expected: set[Outcome],
) -> Iterator[Finding]:
    """One's own row as granted; a neighbour's, and any with no tenant set, is not there."""
    mine, theirs, verb = db.row(table, own), db.row(table, other), change.__name__
    found = db.attempt(*change(table, mine), tenant=own)
    if found not in expected:
        yield f"{verb} its own row otherwise than granted", found
    for did, row, tenant in [("a neighbour's row", theirs, own), ("without tenant", mine, None)]:
        found = db.attempt(*change(table, row), tenant=tenant)
        if found not in {Outcome(0), Outcome(refused_by=DENIED)}:
            yield f"{verb} {did}", found


def moves(db: Database, table: Table, own: Organisation, other: Organisation) -> Iterator[Finding]:
    away = db.update(table, table.owner, other.pk, db.row(table, own))
    found = db.attempt(*away, tenant=own)
    if found.refused_by not in {WALLED, DENIED, TRIGGER}:
        yield "give its row to a neighbour", found
    here = db.update(table, table.owner, own.pk, db.row(table, other))
    found = db.attempt(*here, tenant=own)
    if found not in {Outcome(0), Outcome(refused_by=DENIED)}:
        yield "take a neighbour's row", found


def _as_granted(may: bool, *outcomes: Outcome) -> set[Outcome]:
    return set(outcomes) if may else {Outcome(refused_by=DENIED)}


def test_the_role_of_the_portal_reads_and_writes_its_own_rows_only(population, database):
    app = database(APP)
    assert len(app.tables) > 15
    assert trespasses(app, population.amber, population.birch) == []
    assert trespasses(app, population.birch, population.amber) == []
    assert trespasses(app, population.cedar, population.park) == []


HOLES = {
    "alter table trade_order disable row level security": "read a neighbour's rows",
    "drop policy tenant on trade_order": "read other rows than all of its own",
    "create policy wide on trade_order to portal_app using (true)": "delete a neighbour's row",
    "alter policy tenant on trade_order with check (true)": "write a row of a neighbour",
    "alter policy tenant on trade_order using (tenant_id > 0)": "touch without tenant",
    "create policy wide on trade_order for insert to portal_app with check (true)": (
        "write a row with no tenant set"
    ),
    "alter table trade_order no force row level security": "tenant table without its wall",
}


@pytest.mark.parametrize("hole", HOLES)
def test_each_hole_in_one_table_is_seen(hole, population, database):
    database(APP).look(f"{hole}; select 1")
    told = trespasses(database(APP), population.amber, population.birch)
    # FORCE binds the owner of the tables alone, so only the catalogue can tell.
    told += [str(found) for found in catalogue.findings(connection)]
    assert any("trade_order" in each and HOLES[hole] in each for each in told), told


# -- the role before sign-in -----------------------------------------------------------------------


def public_trespasses(database: Database, person: int) -> list[str]:
    """What the public role reads beyond PUBLIC_READS, or writes at all."""
    return [
        f"{table.name}: {found}"
        for table in database.tables
        for found in _beyond(database, table, person)
    ]


def _beyond(db: Database, table: Table, person: int) -> Iterator[str]:
    condition, _why = PUBLIC_READS.get(table.name, ("false", ""))
    values = [person] * condition.count("%s")
    seen = db.attempt(db.select(table, f"not ({condition})"), values, person=person)
    if seen.rows or (condition == "false" and seen.refused_by != DENIED):
        yield f"read {seen}"
    row = db.look(f'select to_jsonb(t) from "{table.name}" t limit 1')[0][0]
    row = {name: value for name, value in row.items() if name in table.columns}
    for write in (
        db.insert(table, as_new(table, row)),
        db.touch(table, row),
        db.delete(table, row),
    ):
        if (found := db.attempt(*write, person=person)).refused_by != DENIED:
            yield f"written {found}"


def test_before_sign_in_nothing_is_read_but_what_is_listed(population, database):
    public = database(PUBLIC)
    assert public_trespasses(public, population.amber.owner.user_id) == []
    members = next(table for table in public.tables if table.name == "tenants_membership")
    assert public.attempt(public.select(members), person=population.amber.owner.user_id).rows == 1
    assert public.attempt(public.select(members)).rows == 0


def test_a_right_too_many_before_sign_in_is_seen(population, database):
    database(APP).look(
        "create policy public on trade_order for select to portal_public using (true);"
        "grant select, delete on trade_order to portal_public;"
        "alter policy public on tenants_membership using (true); select 1"
    )
    told = public_trespasses(database(PUBLIC), population.amber.owner.user_id)
    assert {each.split(":")[0] for each in told} == {"trade_order", "tenants_membership"}


# -- references ------------------------------------------------------------------------------------


def references(database: Database) -> set[tuple[str, str, str]]:
    """(table, column, target): what the models say and, beside them, what the catalogue has."""
    said = {
        (model._meta.db_table, field.column, field.target_field.model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if has_tenant(model) and isinstance(field, ForeignKey) and field.name != "tenant"
        if has_tenant(field.target_field.model)
    }
    names = {table.name for table in database.tables}
    keys = database.look(
        "select k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text "
        "from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid "
        "and a.attnum = any (k.conkey) and a.attname <> 'tenant_id' where k.contype = 'f' "
        # The currency that goes along in a key names no row.
        "and a.attname <> 'currency'"
    )
    return said | {key for key in keys if {key[0], key[2]} <= names - {"tenants_tenant"}}


def crossings(database: Database, own: Organisation, other: Organisation) -> list[str]:
    """References by which an own row could point at a neighbour's."""
    tables = {table.name: table for table in database.tables}
    found = []
    for name, column, target in sorted(references(database)):
        table, theirs = tables[name], database.row(tables[target], other)
        outcome = _pointed(database, table, column, theirs["id"], own)
        # What the role does not write at all it cannot point anywhere; that the key of such a
        # table has the organisation in it too says check_isolation.
        written = database.may("INSERT", table) or database.may("UPDATE", table)
        if outcome.refused_by not in {FOREIGN_KEY, TRIGGER, FOREIGN_KEY if written else DENIED}:
            found.append(f"{name}.{column} of {own.mark.stem}: {outcome}")
    return found


def _pointed(db: Database, table: Table, column: str, key: Any, own: Organisation) -> Outcome:
    """Turn an own row's reference to the key; where no update is granted, write a row with it."""
    row = db.row(table, own)
    if column in db.may("UPDATE", table):
        return db.attempt(*db.update(table, column, key, row), tenant=own)
    # A correction of what is corrected already, and an entry, event or number that is there, would
    # be refused for that.
    free = {"corrects_id": None, "leg": 30_000, "event": "another", "sequence": 30_000}
    new = as_new(table, row) | {name: free[name] for name in free if name in row}
    return db.attempt(*db.insert(table, new | {column: key}), tenant=own)


def test_no_reference_reaches_a_neighbours_row(population, database):
    app = database(APP)
    assert len(references(app)) >= 10
    assert crossings(app, population.amber, population.birch) == []


def test_a_plain_key_is_seen(population, database):
    key = "trade_orderline_order_id_159bf0e4_fk_trade_order_id"
    database(APP).look(
        f"alter table trade_orderline drop constraint {key}, "
        "add foreign key (order_id) references trade_order (id); "
        "create table stray (id bigint primary key, tenant_id bigint, "
        "job_id bigint references backbone_job (id)); grant all on stray to portal_app; "
        f"insert into stray values (1, {population.amber.pk}, null); select 1"
    )
    told = crossings(database(APP), population.amber, population.birch)
    assert [each.split(" ")[0] for each in told] == ["stray.job_id", "trade_orderline.order_id"]
