"""Every address of the portal as each person may ask for it, in a park made once a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from tests import databases
from tests.browser.routes import path_of, people_of
from tests.browser.small_park import PEOPLE, STAFF_MEMBER, SmallPark, build
from tests.proof import share
from tests.routes import routes


@dataclass(frozen=True, slots=True)
class Visit:
    """One address as one person asks for it."""

    route: str
    person: str
    path: str

    def __str__(self) -> str:
        return f"{self.path} [{self.person}]"

    @property
    def is_staff_site(self) -> bool:
        return self.route.startswith("admin:")


class Visits:
    """The addresses, and what a GET of each answers. Nothing here may change the park for good."""

    def __init__(self, park: SmallPark) -> None:
        self.park = park
        self.all = [
            Visit(route.name, person, path)
            for route in routes()
            for person in people_of(route)
            if (path := path_of(route, park, person))
        ]

    @property
    def once(self) -> list[Visit]:
        """One visit to each route, by the person who may do most there."""
        return list({visit.route: visit for visit in self.all}.values())

    def to(self, route: str, person: str) -> Visit:
        return next(one for one in self.all if (one.route, one.person) == (route, person))

    def client(self, person: str, **how: Any) -> Client:
        """A browser of the person that shows failures as answers, as a server does."""
        signed_in = self.park.client(person)
        client = Client(raise_request_exception=False, **how)
        client.cookies = signed_in.cookies
        return client

    @cached_property
    def answers(self) -> list[tuple[Visit, Any]]:
        """What this run's share of the addresses answers, each asked for once."""
        with undone():
            clients = {person: self.client(person) for person in PEOPLE}
            return [(visit, get(clients[visit.person], visit.path)) for visit in share(self.all)]


def get(client: Client, path: str, **how: Any) -> Any:
    """The answer, its content read while the transaction is open."""
    cache.clear()  # the limits on guessing
    with translation.override(None):
        answer: Any = client.get(path, **how)
    if answer.streaming:
        answer.whole = b"".join(answer.streaming_content)
    return answer


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def without(middleware: list[str], part: str) -> list[str]:
    """The list without the one that has ``part`` in its name."""
    left = [name for name in middleware if part not in name]
    assert len(left) == len(middleware) - 1, part
    return left


@pytest.fixture(scope="module")
def visits(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visits]:
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            park = build(patch)
        try:
            yield Visits(park)
        finally:
            name = connection.settings_dict["NAME"]
            connection.close()
            databases.empty(name)


@pytest.fixture
def problems_of(visits: Visits) -> Callable[..., list[str]]:
    """What is wrong with one page as it answers now, for controls that switch a guard off."""

    def _problems_of(check: Callable[[Visit, Any], list[str]], route: str, person: str) -> Any:
        visit = visits.to(route, person)
        with undone():
            return check(visit, get(visits.client(person), visit.path))

    return _problems_of


__all__ = ["STAFF_MEMBER", "Visit", "Visits", "get", "problems_of", "undone", "visits", "without"]
