"""References in links and forms: what a page would send, sent with somebody else's row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import Model
from django.test import Client

from foundation.refs import PATTERN, pk_of, ref_of
from tests.routes import routes
from tests.walls.arguments import KINDS, paths
from tests.walls.asking import Answer, ask
from tests.walls.population import Organisation

REF = re.compile(PATTERN)


@dataclass(frozen=True, slots=True)
class Reference:
    """One value of a query or a form that names a row."""

    method: str
    path: str
    name: str
    value: str
    kind: str
    others: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.name}={self.kind}"

    @property
    def model(self) -> type[Model]:
        return KINDS[self.kind]

    def ask(self, client: Client, ref: str) -> Answer:
        said = [*self.others, (self.name, self.value.replace(REF.findall(self.value)[0], ref))]
        if self.method == "GET":
            answer = ask(client, "GET", f"{self.path}?{urlencode(said)}")
        else:
            answer = ask(client, "POST", self.path, dict(said))
        return answer.without(ref)


# Queries that pages write only where there is a choice, or on the way of a wizard.
KNOWN = [
    ("trade:orders", "channel", "channel"),
    ("trade:countries", "import", "import"),
]


def known_references(own: Organisation) -> list[Reference]:
    by_name = {route.name: route for route in routes()}
    return [
        Reference("GET", paths(by_name[route], own, rows=1)[0], name, ref_of(1, kind), kind, ())
        for route, name, kind in KNOWN
    ]


def references_in(client: Client, pages: Iterable[str]) -> list[Reference]:
    """Every reference that these pages hold, one for each address, name and kind."""
    found: dict[tuple[str, str, str], Reference] = {}
    for page in pages:
        response = client.get(page)
        if "text/html" in response.headers.get("Content-Type", "") and not response.streaming:
            for each in _references(page, response.content.decode()):
                found.setdefault((each.method, each.path, each.name), each)
    return list(found.values())


def _references(page: str, text: str) -> Iterable[Reference]:
    reader = _Reader(page)
    reader.feed(text)
    for method, path, values in reader.sent:
        for index, (name, value) in enumerate(values):
            if (refs := REF.findall(value)) and (kind := kind_of(refs[0])):
                others = tuple(values[:index] + values[index + 1 :])
                yield Reference(method, path, name, value, kind, others)


def kind_of(ref: str) -> str:
    """Of which kind a ref is, '' for a text that only looks like one."""
    for kind in KINDS:
        try:
            return kind if ref_of(pk_of(ref, kind), kind) == ref else ""
        except ValueError:
            continue
    return ""


class _Reader(HTMLParser):
    """Collects (method, path, values) of links with a query and of forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.sent: list[tuple[str, str, list[tuple[str, str]]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "?" in said.get("href", ""):
            parts = urlsplit(said["href"])
            path = parts.path or self.page
            self.sent.append(("GET", path, parse_qsl(parts.query)))
        elif tag == "form":
            method = said.get("method", "get").upper()
            self.sent.append((method, said.get("action") or self.page, []))
        elif tag == "select":
            self._select = said.get("name", "")
        elif tag == "option" and self._select:
            self._add(self._select, said.get("value", ""))
        elif tag in ("input", "button") and said.get("name"):
            self._add(said["name"], said.get("value", ""))

    def _add(self, name: str, value: str) -> None:
        if self.sent:
            self.sent[-1][2].append((name, value))
