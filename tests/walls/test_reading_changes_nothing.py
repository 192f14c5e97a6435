"""GET and HEAD of every route leave every table as it was (an ordinary run opens a part of them).

The routes come from the URL patterns, so a page added later is opened without anybody's help.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from psycopg2 import sql

from backbone.operations import mark_all_read
from tenants.models import Membership
from tests import databases
from tests.browser import excused
from tests.browser.routes import path_of, people_of
from tests.browser.small_park import KEEPER, OWNER, PEOPLE, STAFF_MEMBER, SmallPark
from tests.gateway.conftest import make_key
from tests.makers import Makers
from tests.proof import share
from tests.routes import routes
from trade import home

pytestmark = pytest.mark.django_db(transaction=True)

# Tables that opening a page may write, and why.
WRITTEN_BY_ALL = {
    "django_session": "what the person is in the middle of",
    "usersessions_usersession": "when a device was last used",
    "gateway_apikey": "when a key was last used",
}
LOOKS = "a look at an organisation's rows is recorded, for it to read"
SEEN = "the library notes that the codes were seen; nothing follows from it"
WRITTEN_BY = {
    "admin:trade_rows": {"trade_rowaccess": LOOKS, "tenants_trailentry": LOOKS},
    "mfa_view_recovery_codes": {"mfa_authenticator": SEEN},
    "mfa_download_recovery_codes": {"mfa_authenticator": SEEN},
}

API, PROGRAM = "api/v1/", "a program"
# A university's register is read with a key of its own.
LEARNERS, LEARNING = f"{API}learners", "a program of a university"
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
# Whoever writes a row gives it a new xmin; whoever deletes one changes the count. Neither needs
# the rows themselves, which would take a hundred times as long.
FINGERPRINT = "select {}::text, count(*), max(xmin::text::bigint) from {}"


class Tables:
    """Every table of the database, read as the role that owns them."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in WRITTEN_BY_ALL]
        one = sql.SQL(FINGERPRINT)
        each = [one.format(sql.Literal(name), sql.Identifier(name)) for name in names]
        self.statement = sql.SQL(" union all ").join(each)
        self.before = self._now()

    def changed(self) -> set[str]:
        """The tables that were written since the last time."""
        now, before = self._now(), self.before
        self.before = now
        return {name for name in now if now[name] != before[name]}

    def _now(self) -> dict[str, Any]:
        self.cursor.execute(self.statement)
        return {name: tuple(rest) for name, *rest in self.cursor.fetchall()}


def program(member: Membership, role: str = "manager") -> Client:
    _key, secret = make_key(member, role)
    return Client(headers={"authorization": f"Bearer {secret}"})


class Readers:
    """Everybody who may open a page, and what there is to open."""

    def __init__(self, park: SmallPark) -> None:
        self.park = park
        self.clients = {person: park.client(person) for person in PEOPLE}
        self.clients[PROGRAM] = program(park.members[OWNER])
        university = Makers().member(park.members[KEEPER].tenant, password=None)
        self.clients[LEARNING] = program(university, "coordinator")

    def addresses(self) -> Iterator[tuple[str, str, str]]:
        """(route, person, address), with the queries that pages are given."""
        by_name = {route.name: route for route in routes()}
        for route in by_name.values():
            if route.address.startswith(API):
                caller = LEARNING if route.address.startswith(LEARNERS) else PROGRAM
                yield route.name, caller, self._call(route.address, caller)
            else:
                for person in people_of(route):
                    yield route.name, person, path_of(route, self.park, person)
        for person, name, query in excused.MORE:
            path = path_of(by_name[name], self.park, person)
            yield name, person, f"{path}?{query}".rstrip("?")

    def _call(self, address: str, caller: str) -> str:
        """The API's address, about the first row of its list where it is about one."""
        rows, parameter, rest = f"/{address}".partition("/<str:ref>")
        if not parameter:
            return rows
        (first, *_others) = self.clients[caller].get(rows).json()["data"]
        return f"{rows}/{first['id']}{rest}"

    def writers(self, tables: Tables, *wanted: str) -> dict[str, set[str]]:
        """What was written by opening the routes (all of them): method, route and person."""
        found, met = {}, set()
        known = list(self.addresses())
        tables.changed()
        for route, person, address in known if wanted else share(known):
            if not address or (wanted and route not in wanted):
                continue
            for method in ("GET",) if route in met else ("GET", "HEAD"):
                self.clients[person].generic(method, address)
                written = tables.changed() - WRITTEN_BY.get(route, {}).keys()
                if written:
                    found[f"{method} {route} as {person}"] = written
            met.add(route)
        return found


@pytest.fixture
def tables(small_park: SmallPark) -> Iterator[Tables]:
    owner = databases.connect_owner(connection.settings_dict["NAME"])
    with contextlib.closing(owner), owner.cursor() as cursor:
        yield Tables(cursor)


def test_opening_any_page_writes_nothing(small_park: SmallPark, tables: Tables) -> None:
    assert Readers(small_park).writers(tables) == {}


def test_a_page_that_writes_is_named(
    small_park: SmallPark, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = Readers(small_park)

    def forgetful(*, actor: Any, now: Any) -> list[Any]:
        mark_all_read(actor=actor, now=now)
        return []

    monkeypatch.setattr(home, "order_actions", forgetful)
    monkeypatch.delitem(WRITTEN_BY, "admin:trade_rows")
    assert readers.writers(tables, "portal", "admin:trade_rows") == {
        f"GET portal as {OWNER}": {"backbone_notice"},
        f"GET portal as {STAFF_MEMBER}": {"backbone_notice"},
        "GET admin:trade_rows as staff": {"trade_rowaccess", "tenants_trailentry"},
    }
