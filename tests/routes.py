"""Every route of the portal, read from its URL patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

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
    def is_of_organisation(self) -> bool:
        return self.address.startswith("o/<slug:tenant>/")

    @property
    def is_of_staff(self) -> bool:
        return self.address.startswith("staff/")

    @property
    def is_of_api(self) -> bool:
        """A call that programs make with a key; these have no names."""
        return self.address.startswith("api/v1/") and not self.is_named

    @property
    def is_shared(self) -> bool:
        """Neither an organisation's nor the staff site's."""
        return not (self.is_of_organisation or self.is_of_staff or self.is_of_api)


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
