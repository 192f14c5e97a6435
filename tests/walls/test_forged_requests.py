"""A page of another site sends forms and scripts here with the person's cookies: nothing happens.

Also: methods that a page does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.middleware.csrf import CsrfViewMiddleware, _get_new_csrf_string
from django.test import Client
from django.urls import URLPattern, get_resolver

from park_portal.methods import API, KNOWN, OF_PAGES
from tenants.isolation.context import STAFF, Identity, enter
from tests.browser.small_park import OWNER, PEOPLE, STAFF_MEMBER
from tests.proof import FULL
from tests.walls.pages import wrong_headers
from tests.walls.visits import Visit, Visits, undone, visits, without

__all__ = ["visits"]

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
# Views that need no token, with the reason.
EXEMPT = {
    API: "answers to a key in a header that no browser sends by itself; it reads no cookie",
    "/hooks/": "answers to the signature of a provider, which no browser can make; reads no cookie",
}
# Changed by signing in and by looking.
PASSING = {"django_session", "usersessions_usersession"}
FOREIGN = [
    {"HTTP_ORIGIN": "https://elsewhere.example"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_ORIGIN": "http://testserver.elsewhere.example"},
]


def asked(visits: Visits) -> list[tuple[Visit, str]]:
    """Each route with POST and one of the rarer methods in turn; in full all with all."""
    wanted = [visit for visit in (visits.all if FULL else visits.once) if not _is_exempt(visit)]
    if FULL:
        return [(visit, method) for visit in wanted for method in UNSAFE]
    rarer = [(visit, UNSAFE[1 + number % 3]) for number, visit in enumerate(wanted)]
    return [*((visit, "POST") for visit in wanted), *rarer]


def _is_exempt(visit: Visit) -> bool:
    return visit.path.startswith(tuple(EXEMPT))


TOKEN = _get_new_csrf_string()


def browser(visits: Visits, person: str) -> Client:
    """The person's, under Django's CSRF protection as in production; it holds a token."""
    client = visits.client(person, enforce_csrf_checks=True)
    client.cookies[django_settings.CSRF_COOKIE_NAME] = TOKEN
    return client


def contents() -> dict[str, tuple[int, int]]:
    """Number and sum of the rows of each table."""
    found = {}
    with enter(Identity(STAFF)), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*), sum(hashtextextended(t::text, 0)) from "{table}" t')
            found[table] = cursor.fetchone()
    return {table: sums for table, sums in found.items() if table not in PASSING}


def send(client: Client, method: str, path: str, **headers: Any) -> Any:
    return client.generic(method, path, b"a=b", "application/x-www-form-urlencoded", **headers)


def test_nothing_unsafe_happens_without_a_token_or_from_another_site(visits, settings):
    settings.MIDDLEWARE = without(settings.MIDDLEWARE, "MethodMiddleware")
    browsers = {person: browser(visits, person) for person in PEOPLE}
    before = contents()
    passed = []
    for number, (visit, method) in enumerate(asked(visits)):
        client = browsers[visit.person]
        foreign = FOREIGN[number % 3] | {"HTTP_X_CSRFTOKEN": TOKEN}
        for headers in ({}, foreign):
            answer = send(client, method, visit.path, **headers)
            if answer.status_code != 403:
                passed.append(f"{method} {visit} {headers}: {answer.status_code}")
    assert passed == []
    assert contents() == before


SWITCH = "/language/"


def language_of(park) -> str:
    user = park.members[OWNER].user
    user.refresh_from_db()
    return user.language


@pytest.fixture
def switch_language(visits):
    """The owner's page language, by a form of another site with the headers given."""

    def _switch_language(**headers) -> str:
        before = language_of(visits.park)
        other = "en" if before != "en" else "zh-hans"
        with undone():
            browser(visits, OWNER).post(SWITCH, {"language": other}, **headers)
            return "changed" if language_of(visits.park) == other else "as before"

    return _switch_language


def test_with_token_and_own_origin_the_same_form_is_taken(switch_language):
    token = {"HTTP_X_CSRFTOKEN": TOKEN}
    assert switch_language(**token, HTTP_ORIGIN="http://testserver") == "changed"
    assert switch_language(**token) == "changed"
    assert switch_language(HTTP_X_CSRFTOKEN="a" * 32) == "as before"


def test_without_the_guard_a_form_of_another_site_is_taken(switch_language, settings):
    assert switch_language(**FOREIGN[0]) == "as before"
    settings.MIDDLEWARE = without(settings.MIDDLEWARE, "CsrfViewMiddleware")
    assert switch_language(**FOREIGN[0]) == "changed"


def test_without_the_look_at_the_origin_a_stolen_token_is_enough(switch_language, monkeypatch):
    stolen = FOREIGN[0] | {"HTTP_X_CSRFTOKEN": TOKEN}
    assert switch_language(**stolen) == "as before"
    monkeypatch.setattr(CsrfViewMiddleware, "_origin_verified", lambda *_words: True)
    assert switch_language(**stolen) == "changed"


def views() -> Iterator[tuple[str, Any]]:
    return _below(get_resolver(), "/")


def _below(resolver: Any, address: str) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        here = address + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield here, pattern.callback
        else:
            yield from _below(pattern, here)


def test_only_listed_views_go_without_a_token():
    exempt = [address for address, view in views() if getattr(view, "csrf_exempt", False)]
    assert [address for address in exempt if not address.startswith(tuple(EXEMPT))] == []


@pytest.mark.parametrize("person", [OWNER, STAFF_MEMBER])
def test_the_calls_that_need_no_token_take_no_cookie_either(person, visits):
    client = visits.client(person)
    calls = [address for address, view in views() if getattr(view, "csrf_exempt", False)]
    assert len(calls) > 5
    for address in calls:
        path = re.sub(r"<[^>]+>", "a1", address)
        for method in ("GET", "POST"):
            answer = send(client, method, path)
            assert answer.status_code in (401, 405), f"{method} {path}"
            assert wrong_headers(Visit("api", person, path), answer) == []


def _has_form(visit: Visit) -> bool:
    """Left out unless in full: the staff site's pages of one model, which all have one view."""
    return not visit.route.endswith(("_changelist", "_history", "_delete", "_change"))


# -- methods -------------------------------------------------------------------------------------

NOT_OF_PAGES = ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "BREW", "PROPFIND"]


def test_methods_that_no_page_has_are_refused(visits):
    clients = {person: visits.client(person) for person in PEOPLE}
    wrong = []
    for number, visit in enumerate(visits.all if FULL else visits.once):
        if _is_exempt(visit):
            continue
        for method in NOT_OF_PAGES if FULL else [NOT_OF_PAGES[number % 8], "TRACE"]:
            answer = send(clients[visit.person], method, visit.path)
            allowed = ", ".join(OF_PAGES if method in KNOWN else KNOWN)
            if (answer.status_code, answer.headers.get("Allow")) != (405, allowed):
                wrong.append(f"{method} {visit}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("route", ["admin:index", "trade:row_access"])
def test_without_the_guard_any_method_reads_a_page(route, visits, settings):
    person = STAFF_MEMBER if route.startswith("admin") else OWNER
    visit = visits.to(route, person)
    settings.MIDDLEWARE = without(settings.MIDDLEWARE, "MethodMiddleware")
    with undone():
        assert send(visits.client(person), "TRACE", visit.path).status_code == 200


def test_an_empty_form_is_answered_and_never_an_accident(visits):
    """Refused, shown again or not taken at all, whatever the page."""
    broken = []
    for visit in visits.once:
        if _is_exempt(visit) or not (FULL or _has_form(visit)):
            continue
        with undone():
            client = visits.client(visit.person)
            answer = client.post(visit.path)
        if answer.status_code >= 500:
            broken.append(f"{visit}: {answer.status_code}")
    assert broken == []
