"""Every form and every query parameter of the portal, found on its own pages.

The pages come from the URL patterns, so a page added later is tried without anybody's help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.browser.routes import path_of, people_of
from tests.browser.small_park import NOBODY, PEOPLE, SmallPark
from tests.hostile.page import Form
from tests.hostile.rows import Watch
from tests.hostile.sender import HOST, Answer, Sender
from tests.proof import share
from tests.routes import Route, routes


@dataclass
class Door:
    """A form as one person meets it: ``path`` is where it stands, ``target`` where it goes."""

    person: str
    route: str
    path: str
    target: str
    form: Form
    cookies: SimpleCookie
    # To be opened first: it puts into the session what the form's page needs.
    lead: str = ""

    @property
    def name(self) -> str:
        button = self.form.buttons[0].name if self.form.buttons else ""
        return f"{self.person} {self.route} {button}".strip()


@dataclass
class Query:
    """A page that reads its address: parameters by name with a value that a link gave."""

    person: str
    route: str
    path: str
    cookies: SimpleCookie
    parameters: dict[str, str] = field(default_factory=dict)
    # Rows of tables in the page as it opens.
    rows: int = 0

    @property
    def name(self) -> str:
        return f"{self.person} {self.route}"


# The controls of test_strings.py throw at these, or look for what is kept of them, by name.
ALWAYS_TRIED = {
    *("admin:tenants_tenant_add", "admin:tenants_user_add", "admin:reporting_target_add"),
    *("trade:import_columns", "mfa_edit_webauthn"),
}


def walked() -> list[Route]:
    """This run's share of the pages, and those that the controls need."""
    every = routes()
    part = share(every)
    return [*part, *(r for r in every if r.name in ALWAYS_TRIED and r not in part)]


class Doors:
    """What a walk through all pages found."""

    def __init__(self, park: SmallPark, sender: Sender) -> None:
        self.sender = sender
        self.forms: dict[tuple[object, ...], Door] = {}
        self.queries: dict[tuple[bool, str], Query] = {}
        self.cookies = {person: park.client(person).cookies for person in PEOPLE}
        # (person, route, path) of everything opened, for headers and path segments.
        self.opened: list[tuple[str, str, str]] = []
        for route in walked():
            for person in people_of(route):
                if path := path_of(route, park, person):
                    self._open(person, route.name, path)

    @property
    def writing(self) -> list[Door]:
        return [door for door in self.forms.values() if door.form.method == "post"]

    def _open(self, person: str, name: str, path: str) -> None:
        with self.sender.undone():  # Some pages sign people out.
            watch = Watch()
            answer = self.sender.get(self.cookies[person], path)
            leads = answer.path != path and watch.wrote("django_session")
        if answer.status < 400:
            self.opened.append((person, name, path))
        self._query(person, name, path, []).rows = answer.body.count("<tr")
        if not answer.is_html:
            return
        page = answer.page()
        for form in page.forms:
            self._form(person, path if leads else "", answer, form)
        for link in page.links:
            self._link(person, answer.path, link)

    def _form(self, person: str, lead: str, answer: Answer, form: Form) -> None:
        target, name = _leads_to(answer.path, form.action or answer.path)
        if not name:
            return
        if form.method == "get":
            said = [(control.name, control.value) for control in form.controls]
            self._query(person, name, target, said)
        key = (person == NOBODY, form.method, name, *form.names, *(b.name for b in form.buttons))
        door = Door(person, name, answer.path, target, form, self.cookies[person], lead)
        self.forms.setdefault(key, door)

    def _link(self, person: str, base: str, link: str) -> None:
        target, name = _leads_to(base, link)
        if name and (said := parse_qsl(urlsplit(target).query, keep_blank_values=True)):
            self._query(person, name, target, said)

    def _query(self, person: str, name: str, target: str, said: Iterable[tuple[str, str]]) -> Query:
        path = target.partition("?")[0]
        cookies = self.cookies[person]
        known = self.queries.setdefault(
            (person == NOBODY, name), Query(person, name, path, cookies)
        )
        for parameter, value in said:
            if not known.parameters.get(parameter):
                known.parameters[parameter] = value
        return known


def _leads_to(base: str, link: str) -> tuple[str, str]:
    """The address within the portal and its route, empty where it leads out of it."""
    try:
        target = urlsplit(urljoin(f"http://{HOST}{base}", link))
        if target.netloc != HOST or target.scheme != "http":
            return "", ""
        match = resolve(target.path)
    except (ValueError, Resolver404):
        return "", ""
    query = f"?{target.query}" if target.query else ""
    return target.path + query, match.view_name or match.route
