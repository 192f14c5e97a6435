"""Fixtures that every app's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test import client as test_client
from django.utils import translation
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from park_portal.text import PlainRequest
from tenants.isolation.context import enter_tenant
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from tests import databases
from tests.guards import switching
from tests.makers import Makers
from tests.proof import FULL
from tests.servers import TEMPLATE

switching.switch_off_code()

# How long a case takes on a shared machine says nothing.
settings.register_profile("park", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("park")

# Whole files that stay in one worker: what their tests share is dear to make. For the proof the
# strings go through the forms in both workers.
TOGETHER = {
    *("tests/walls/test_browser_walls.py", "tests/walls/test_forged_requests.py"),
    "tests/embedded/test_supervisor.py",
    *(() if FULL else ("tests/hostile/test_strings.py",)),
}


class Scheduling(LoadScopeScheduling):
    """One test after another to whoever is free, and the files of TOGETHER first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


# Whoever asks for a whole park goes through the whole portal with it.
WHOLE_PARKS = {"population", "small_park", "visits", "campaign"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if WHOLE_PARKS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


# Argon2 is slow on purpose: it took nine tenths of the time in which tests make their people.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 8
Argon2PasswordHasher.parallelism = 1


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    name = f"portal_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock():
        with databases.one_at_a_time():
            if databases.migrated_template():
                switching.switch_off_schema(TEMPLATE)
            databases.create_copy(name)
        yield
        databases.drop_copy(name)


def _empty_database(self: TransactionTestCase) -> None:
    connection.close()
    databases.empty(connection.settings_dict["NAME"])


# The test client makes requests as the portal's own server does.
test_client.WSGIRequest = PlainRequest  # type: ignore[attr-defined]

# The portal's role may not TRUNCATE, so the flush after a transactional test is the owner's.
TransactionTestCase._fixture_teardown = _empty_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _language(settings: Any) -> None:
    """Requests leave their language behind; every test starts with the portal's own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def make(db: None) -> Makers:
    """Makes organisations, people and memberships the way park staff would."""
    return Makers()


@pytest.fixture
def park(make: Makers) -> Tenant:
    """The operator: the park itself."""
    return make.tenant(kind=TenantKind.OPERATOR, slug="park")


@pytest.fixture
def enterprise(make: Makers) -> Tenant:
    return make.tenant(slug="haihe")


@pytest.fixture
def neighbour(make: Makers) -> Tenant:
    """Another enterprise of the same park: a competitor."""
    return make.tenant(slug="jinmen")


@pytest.fixture
def owner(make: Makers, enterprise: Tenant) -> Membership:
    return make.member(enterprise, "owner")


@pytest.fixture
def staff(make: Makers, park: Tenant) -> Membership:
    return make.member(park, "owner", is_staff=True)


@pytest.fixture
def sign_in() -> Callable[[Membership], Client]:
    """A browser in which the member is signed in."""

    def _sign_in(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return _sign_in


@pytest.fixture
def inside(enterprise: Tenant) -> Iterator[Tenant]:
    """The test's own queries run as the enterprise."""
    with enter_tenant(enterprise.pk):
        yield enterprise
