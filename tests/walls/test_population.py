"""The population is whole: no table without a row of each organisation, no text without a marker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection

from tests import databases
from tests.walls import unmarked
from tests.walls.marks import STEM
from tests.walls.population import Organisation, Population
from tests.walls.tables import Table, tenant_tables


@pytest.fixture
def owner(population: Population) -> Iterator[Any]:
    """The owner of the tables, who sees every row."""
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as connected, connected.cursor() as cursor:
        yield cursor


def missing(cursor: Any, organisations: list[Organisation]) -> list[str]:
    """A sentence for each table and column that the population leaves out."""
    return [
        sentence
        for table in tenant_tables(cursor)
        for own in organisations
        for sentence in _missing_of(cursor, table, own)
    ]


def _missing_of(cursor: Any, table: Table, own: Organisation) -> Iterator[str]:
    marked = "".join(
        f""", count(*) filter (where "{column}"::text ilike '%%{own.mark.stem}%%')"""
        for column in table.texts
    )
    cursor.execute(
        f'select count(*) {marked} from "{table.name}" where {table.owner} = %s', [own.pk]
    )
    rows, *found = cursor.fetchone()
    if not rows and table.name not in unmarked.TABLES:
        yield (
            f"{own.mark.stem} has no row in {table.name}: add one in tests/walls/filling.py, or the "
            "reason why there can be none to TABLES in tests/walls/unmarked.py"
        )
    for column, count in zip(table.texts, found, strict=True):
        name = f"{table.name}.{column}"
        if rows and not count and name not in unmarked.COLUMNS:
            yield (
                f"no row of {own.mark.stem} has its marker in {name}: write mark.word(…) into it in "
                "tests/walls/filling.py, or say in tests/walls/unmarked.py why it cannot hold one"
            )


def test_every_table_has_marked_rows_of_each_organisation(population, owner):
    assert missing(owner, population.all) == []


def test_an_exemption_that_nobody_needs_is_named(population, owner):
    unneeded = []
    for table in tenant_tables(owner):
        for column in table.texts:
            owner.execute(
                f'select count(*) from "{table.name}" where "{column}"::text ~* %s', [STEM.pattern]
            )
            if owner.fetchone()[0] and f"{table.name}.{column}" in unmarked.COLUMNS:
                unneeded.append(f"{table.name}.{column}")
    known = {f"{table.name}.{column}" for table in tenant_tables(owner) for column in table.texts}
    assert unneeded == []
    assert unmarked.COLUMNS.keys() <= known
    assert unmarked.TABLES.keys() <= {table.name for table in tenant_tables(owner)}


def test_a_new_table_and_a_new_text_are_missed(population, owner):
    owner.execute("create table stray (id bigint, tenant_id bigint)")
    owner.execute("alter table trade_order add remark varchar(40), add tags text[], add more jsonb")
    told = missing(owner, [population.amber])
    assert [sentence.split(":")[0] for sentence in told] == [
        "zq7amber has no row in stray",
        *(
            f"no row of zq7amber has its marker in trade_order.{column}"
            for column in ("remark", "tags", "more")
        ),
    ]


def test_no_row_of_an_organisation_holds_a_neighbours_marker(population, owner):
    """Else the crawl would blame pages for what the population did."""
    mixed = []
    for table in tenant_tables(owner):
        for own in population.tenants:
            others = "|".join(each.mark.stem for each in population.all if each is not own)
            owner.execute(
                f'select count(*) from "{table.name}" t where {table.owner} = %s and t::text ~* %s',
                [own.pk, others],
            )
            mixed += [(table.name, own.mark.stem)] * owner.fetchone()[0]
    assert mixed == []


def test_everybody_is_there(population):
    assert population.amber.members.keys() == {
        "owner", "manager", "finance", "operations", "member",
    }  # fmt: skip
    assert population.cedar.members.keys() == {"owner", "coordinator", "member"}
    assert population.park.members.keys() == {*population.amber.members, "coordinator"}
    assert all(own.left.ended_at is not None for own in population.all)
    assert all(member.user.is_staff for member in population.park.members.values())
