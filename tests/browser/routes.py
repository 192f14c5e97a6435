"""What a person who opens a route of the portal gets."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.browser.small_park import HALFWAY, KEEPER, NOBODY, OWNER, STAFF_MEMBER, SmallPark, whose
from tests.routes import Route

PAGE = "page"


def people_of(route: Route) -> list[str]:
    """Whose pages these are."""
    if route.name.startswith("learners:"):
        return [KEEPER]
    if route.name.startswith("training:"):
        return [whose(route.name)]
    if route.is_of_organisation:
        # Staff in their own organisation, which has no orders, see the empty lists.
        return [OWNER, STAFF_MEMBER] if route.parameters == {"tenant"} else [OWNER]
    if route.name == "mfa_authenticate":
        return [HALFWAY]
    return [NOBODY, OWNER, STAFF_MEMBER] if route.is_shared else [STAFF_MEMBER]


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
