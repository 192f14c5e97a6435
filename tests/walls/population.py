"""A park of three competitors, every table filled, every text marked; made once in a run.

``population`` gives each test a copy of its own that it may spoil. Whoever adds a table or a text
column adds its row in ``tests/walls/filling.py``, or the reason in ``tests/walls/unmarked.py``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone, translation

from foundation.tables.source import open_table
from tenants import operations
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import ROLES_BY_KIND, Role, TenantKind
from tenants.models import Membership, Tenant, User
from tests import databases
from tests.clients import add_factors, fresh_client
from tests.gateway.conftest import make_key
from tests.makers import PASSWORD, Makers
from tests.servers import TEMPLATE as MIGRATED
from tests.walls import (
    accounting,
    attending,
    banks,
    billed,
    hosting,
    paying,
    running,
    spacing,
    teaching,
)
from tests.walls.filling import Filling
from tests.walls.marks import AMBER, BIRCH, CEDAR, PARK, Mark
from trade import operations as trade

TEMPLATE = "portal_test_population"
KINDS = {
    AMBER: TenantKind.ENTERPRISE,
    BIRCH: TenantKind.ENTERPRISE,
    CEDAR: TenantKind.UNIVERSITY,
    PARK: TenantKind.OPERATOR,
}
RATES = b"Date,USD/CNY,EUR/CNY\n2024-01-02,7.1000,7.8000\n"
# Signs in and belongs to no organisation; looks at rows for the park. Neither name is marked:
# the first must see no marker at all, the second is shown to whom she looked at.
STRANGER, ONLOOKER = "stranger", "onlooker"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One of them, with a member for each role that its kind has, and somebody who left."""

    mark: Mark
    tenant: Tenant
    members: dict[str, Membership]
    left: Membership

    @property
    def pk(self) -> int:
        return self.tenant.pk

    @property
    def owner(self) -> Membership:
        return self.members[Role.OWNER]


@dataclass(frozen=True, slots=True)
class Population:
    """``amber`` and ``birch`` are enterprises, ``cedar`` is a university, ``park`` the operator."""

    amber: Organisation
    birch: Organisation
    cedar: Organisation
    park: Organisation
    stranger: User

    @property
    def tenants(self) -> list[Organisation]:
        """The three neighbours."""
        return [self.amber, self.birch, self.cedar]

    @property
    def all(self) -> list[Organisation]:
        return [*self.tenants, self.park]

    def neighbour_of(self, own: Organisation) -> Organisation:
        """A competitor, for the enterprises each the other."""
        return self.amber if own is not self.amber else self.birch

    def client(self, who: Membership | User | None) -> Client:
        """A browser in which this person signed in a moment ago; nobody's for None."""
        if who is None:
            return Client()
        return fresh_client(who.user if isinstance(who, Membership) else who)

    def program(self, own: Organisation) -> Client:
        """A program with a key of the enterprise for everything that a key can do."""
        _key, secret = make_key(own.owner, role=Role.MANAGER)
        return Client(headers={"authorization": f"Bearer {secret}"})


def build() -> None:
    """Fill the database that the connection points at; it must be empty but for migrations."""
    make, now = Makers(), timezone.now()
    made = {mark: make.tenant(mark.slug, kind, **_names(mark)) for mark, kind in KINDS.items()}
    owners = {mark: _people(make, mark, tenant) for mark, tenant in made.items()}
    make.person(STRANGER, password=None)
    onlooker = make.member(
        made[PARK], Role.OPERATIONS, username=ONLOOKER, is_staff=True, password=None
    )
    _record_rates(owners[PARK], now)
    spacing.build(owners[PARK], now)
    hosting.build(owners[PARK], now)
    attending.build(owners[PARK], now)
    teaching.build(owners[PARK], now)
    banks.build(owners[PARK], now)
    running.build(owners[PARK], now)
    with billed.without_the_parks_words():
        for mark, owner in owners.items():
            Filling(mark, owner, now).fill(onlooker)
        accounting.months(owners[PARK], now)
        for mark, owner in owners.items():
            paying.fill(mark, owner, owners[PARK], now)


def _names(mark: Mark) -> dict[str, Any]:
    return {"name": f"{mark.stem} 有限公司", "name_en": f"{mark.stem.title()} Ltd"}


def _people(make: Makers, mark: Mark, tenant: Tenant) -> Membership:
    """One member for each role and one who left; gives the owner, who alone has a password."""
    roles = [role for role in Role if role in ROLES_BY_KIND[tenant.kind]]
    for role in roles:
        make.member(
            tenant,
            role,
            username=f"{mark.stem}-{role}",
            full_name=f"{mark.stem.title()} {role.title()}"
            if role != Role.MEMBER
            else mark.word("person"),
            password=PASSWORD if role == Role.OWNER else None,
            is_staff=tenant.kind == TenantKind.OPERATOR,
        )
    # Unmarked: whoever left must see no marker, and of their own account only the name.
    gone = make.member(tenant, Role.MEMBER, username=f"left-{mark.stem[3:]}", password=None)
    with enter(Identity(STAFF)):
        operations.end_membership(actor=make.actor, now=timezone.now(), membership=gone)
        owner = Membership.objects.get(user__username=f"{mark.stem}-{Role.OWNER}")
    add_factors(owner.user, key_name=mark.word("passkey"))
    return owner


def _record_rates(owner: Membership, now: Any) -> None:
    with (
        enter(Identity(STAFF, owner.tenant_id, owner.user_id)),
        open_table(BytesIO(RATES), filename="rates.csv") as table,
    ):
        trade.record_rates(actor=owner.actor(is_staff=True), now=now, table=table)


def read() -> Population:
    """The population that the connection points at, as fresh objects."""
    with enter(Identity(STAFF)):
        known = list(Membership.objects.select_related("tenant", "user").order_by("pk"))
        stranger = User.objects.get(username=STRANGER)
    found = {mark: _organisation(mark, known) for mark in KINDS}
    return Population(found[AMBER], found[BIRCH], found[CEDAR], found[PARK], stranger)


def _organisation(mark: Mark, known: list[Membership]) -> Organisation:
    own = [each for each in known if each.tenant.slug == mark.slug]
    named = {each.roles[0]: each for each in own if each.user.username.startswith(mark.stem)}
    left = next(each for each in own if each.ended_at is not None)
    return Organisation(mark, own[0].tenant, named, left)


# -- databases -------------------------------------------------------------------------------------


def _media_of_template() -> Path:
    return Path(os.environ["PARK_TEST_DIR"]) / "population-media"


@contextmanager
def pointed_at(name: str, media: Path) -> Iterator[None]:
    """The portal's connections and files are those of another database for a while."""
    before, files = connections["default"].settings_dict["NAME"], settings.MEDIA_ROOT
    _point(name, media)
    try:
        yield
    finally:
        _point(before, Path(files))


def _point(name: str, media: Path) -> None:
    connections.close_all()
    settings.MEDIA_ROOT = media
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def ensure_template() -> None:
    """Build it once in a run; the first worker does it, the others wait."""
    done = Path(os.environ["PARK_TEST_DIR"]) / "population.ready"
    with databases.one_at_a_time():
        if done.exists():
            return
        databases.copy_database(MIGRATED, TEMPLATE)
        with pointed_at(TEMPLATE, _media_of_template()), translation.override("en"):
            build()
        done.touch()


@pytest.fixture
def population(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> Iterator[Population]:
    """The park on a database of the test's own, schema included: spoil it as you like.

    The test needs no mark for the database. The worker's own one is not touched, so nothing has
    to be flushed.
    """
    with django_db_blocker.unblock():
        ensure_template()
        name = f"{connections['default'].settings_dict['NAME']}_walls"
        media = tmp_path / "media"
        shutil.copytree(_media_of_template(), media)
        databases.copy_database(TEMPLATE, name)
        try:
            with pointed_at(name, media):
                yield read()
        finally:
            databases.drop_database(name)
