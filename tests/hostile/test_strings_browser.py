"""The nastiest strings in every column, the pages that show them opened in Chromium: none runs."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from django.test import Client

from tests.browser.routes import path_of, people_of
from tests.browser.small_park import NOBODY, OWNER, STAFF_MEMBER, SmallPark
from tests.hostile.planting import LONG, SHORT, plant
from tests.proof import share
from tests.routes import Route, routes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SIGNS = [escape(text)[:40].encode() for text in (LONG, *SHORT)]
# Where people look most, and where the theme's scripts run.
MUST = {
    "portal",
    "trade:orders",
    "trade:order",
    "trade:mappings",
    "admin:tenants_tenant_changelist",
}


class Witness:
    """A page of Chromium that writes down dialogs, violations and errors."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.heard: list[str] = []
        page.on("dialog", self._dialog)
        page.on("console", lambda said: self.heard.extend([said.text] * (said.type == "error")))
        page.on("pageerror", lambda error: self.heard.append(str(error)))

    def _dialog(self, dialog: Any) -> None:
        self.heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def sign_in(self, client: Client) -> None:
        self.page.context.clear_cookies()
        crumbs = [
            {"name": name, "value": crumb.value, "url": self.address}
            for name, crumb in client.cookies.items()
        ]
        self.page.context.add_cookies(crumbs)

    def look_at(self, path: str) -> list[str]:
        self.heard.clear()
        self.page.goto(self.address + path, wait_until="load")
        return [f"{path}: {said}" for said in self.heard]


def looked_at() -> list[Route]:
    """Those that must be seen, and this run's share of the rest."""
    must = [route for route in routes() if route.name in MUST]
    return [*must, *share([route for route in routes() if route.name not in MUST])]


def showing(park: SmallPark, client: Client, person: str) -> dict[str, str]:
    """Pages on which the strings stand, by route."""
    found = {}
    for route in looked_at():
        path = path_of(route, park, person) if person in people_of(route) else ""
        if path and _shows(client.get(path)):
            found[route.name] = path
    return found


def _shows(answer: Any) -> bool:
    if answer.status_code != 200 or answer.streaming or b"<html" not in answer.content:
        return False
    return any(sign in answer.content for sign in SIGNS)


def test_nothing_that_anybody_wrote_runs(
    small_park: SmallPark, page: Any, live_server: Any
) -> None:
    clients = {person: small_park.client(person) for person in (NOBODY, OWNER, STAFF_MEMBER)}
    planted = plant()
    assert {"tenants_tenant.name", "trade_order.number", "trade_orderline.description"} <= planted
    witness, seen, heard = Witness(page, live_server.url), set(), []
    for person, client in clients.items():
        witness.sign_in(client)
        for name, path in showing(small_park, client, person).items():
            seen.add(name)
            heard += witness.look_at(path)
    assert heard == []
    assert seen >= MUST


def test_a_string_that_is_not_escaped_is_heard(
    small_park: SmallPark, page: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant()
    client, witness = small_park.client(OWNER), Witness(page, live_server.url)
    witness.sign_in(client)
    path = next(path_of(r, small_park, OWNER) for r in routes() if r.name == "trade:mappings")
    assert witness.look_at(path) == []
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    assert any("Content Security Policy" in said for said in witness.look_at(path))
