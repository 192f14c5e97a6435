"""The home page: work first, oldest due first; figures that link to their rows."""

import datetime as dt

import pytest

from foundation.home import Destination, QuickAction, Tile, WorkItem
from park_portal import home

NOW = dt.datetime(2026, 9, 5, 4, 0, tzinfo=dt.UTC)
HERE = Destination("portal", query={"state": "open"})


def item(title, days=None, weight=0):
    due_at = None if days is None else NOW + dt.timedelta(days=days)
    return WorkItem(title, "Open", HERE, due_at=due_at, weight=weight)


def test_heavier_work_first_then_oldest_due_then_what_has_no_date():
    items = [item("no date"), item("later", 3), item("late", -2), item("heavy", 9, weight=1)]
    shown = home.shown_work(items, NOW, {"tenant": "haihe"})
    assert [work["title"] for work in shown] == ["heavy", "late", "later", "no date"]
    assert [work["late"] for work in shown] == [False, True, False, False]
    assert shown[0]["url"] == "/o/haihe/?state=open"


def work_of_test(*, actor, now):
    return [item(f"for {sorted(actor.roles)}", -1)]


def tiles_of_test(*, actor, now):
    return [Tile("Net sales", "CNY 1.00", HERE, action="Import", note="3 files", percent=40)]


def actions_of_test(*, actor, now):
    return [QuickAction("Import orders", "upload", HERE)]


@pytest.fixture
def providers(monkeypatch):
    for kind in ("work", "tiles", "actions"):
        name = {"work": "WORK", "tiles": "TILE", "actions": "ACTION"}[kind]
        monkeypatch.setattr(home, f"{name}_PROVIDERS", [f"{__name__}.{kind}_of_test"])


def test_the_page_shows_work_before_figures_before_actions(providers, owner, sign_in):
    page = sign_in(owner).get("/o/haihe/").content.decode()
    places = [
        page.index(words) for words in ("for [&#x27;owner&#x27;]", "Net sales", "Import orders")
    ]
    assert places == sorted(places)
    assert page.count('href="/o/haihe/?state=open"') == 4


def test_an_empty_queue_says_so(monkeypatch, make, enterprise, sign_in):
    monkeypatch.setattr(home, "WORK_PROVIDERS", [])
    monkeypatch.setattr(home, "SOURCE_PROVIDERS", [])
    reader = make.member(enterprise, "owner", language="en")
    assert "Nothing waits for you" in sign_in(reader).get("/o/haihe/").content.decode()


def test_somebody_without_an_organisation_is_told_whom_to_ask(make, client):
    person = make.person("wanderer", language="en")
    client.force_login(person)
    page = client.get("/").content.decode()
    assert "You are in no organisation yet" in page
    assert "wanderer" in page
