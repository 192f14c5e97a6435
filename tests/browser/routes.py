"""Every route of the portal, and what a person who opens it gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.browser.small_park import HALFWAY, NOBODY, OWNER, STAFF_MEMBER, SmallPark

PAGE = "page"
# ``<int:pk>`` of a path, ``(?P<key>…)`` of a regular expression.
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One URL pattern; ``name`` is its address where it has no name of its own."""

    name: str
    address: str
    parameters: frozenset[str]
    is_named: bool

    @property
    def people(self) -> list[str]:
        """Whose pages these are."""
        if self.address.startswith("o/<slug:tenant>/"):
            # Staff in their own organisation, which has no orders, see the empty lists.
            return [OWNER, STAFF_MEMBER] if self.parameters == {"tenant"} else [OWNER]
        if self.name == "mfa_authenticate":
            return [HALFWAY]
        return [NOBODY, OWNER, STAFF_MEMBER] if self.is_shared else [STAFF_MEMBER]

    @property
    def is_shared(self) -> bool:
        """Neither in an organisation nor in the staff site."""
        return not self.address.startswith(("o/", "staff/"))


def routes() -> list[Route]:
    return list(_below(get_resolver(), [], ""))


def _below(resolver: Any, namespaces: list[str], address: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = address + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join([*namespaces, pattern.name]) if pattern.name else here
            yield Route(name, here, frozenset(PARAMETER.findall(here)), bool(pattern.name))
        else:
            deeper = [*namespaces, pattern.namespace] if pattern.namespace else namespaces
            yield from _below(pattern, deeper, here)


def path_of(route: Route, park: SmallPark, person: str) -> str:
    """The route's address for this person, empty where the park has no row for it."""
    if not route.is_named:
        return ""
    arguments = park.arguments(route.name, set(route.parameters), person)
    if arguments is None or None in arguments.values():
        return ""
    return reverse(route.name, kwargs=arguments)


def outcome(client: Client, path: str) -> str:
    """``page`` for a whole page, else a word for what came instead."""
    if not path:
        return "no row"
    response = client.get(path)
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code != 200:
        return str(response.status_code)
    if response.streaming or kind != "text/html" or "Content-Disposition" in response.headers:
        return "file"
    return PAGE if b"<html" in response.content else "part"
