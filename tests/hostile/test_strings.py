"""Odd text through every form, parameter, path and header: kept as it came, or refused clearly.

An ordinary run takes the strings of ``strings.ALWAYS`` and a sample of the others, by
``PARK_SEED``; PARK_PROOF=1 takes them all for free text (strings.few says which elsewhere).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from foundation.errors import InvalidInput
from reporting import operations as reporting
from tenants.models import User
from tests.browser.small_park import OWNER
from tests.hostile.addresses import knock_with_cookies
from tests.hostile.attack import Attack
from tests.hostile.campaign import Campaign
from tests.hostile.filling import SHUT
from tests.hostile.lasting import lasting_park
from tests.hostile.sender import Sender
from tests.hostile.smuggling import smuggle
from tests.hostile.strings import SEED, Odd
from tests.proof import FULL

# All strings through all forms take two hours and more, so they can be thrown part by part.
PARTS = 24 if FULL else 1


@pytest.fixture(scope="module")
def campaign(django_db_setup: None, django_db_blocker: Any) -> Iterator[Campaign]:
    with lasting_park(django_db_blocker) as park:
        yield Campaign(park)


@pytest.fixture
def sender(campaign: Campaign) -> Iterator[Sender]:
    """What goes wrong in one test is that test's affair."""
    campaign.sender.problems.clear()
    yield campaign.sender
    campaign.sender.problems.clear()


def _judge(sender: Sender) -> None:
    assert not sender.problems, f"PARK_SEED={SEED}\n" + "\n".join(sender.problems)


def test_every_page_of_the_walk_opens(campaign: Campaign, sender: Sender) -> None:
    assert campaign.doors.opened
    _judge(sender)


def test_what_the_links_of_the_pages_ask_for_is_allowed(campaign: Campaign, sender: Sender) -> None:
    refused = {}
    for query in campaign.doors.queries.values():
        # In an ordinary run all of them at once.
        each = [{name: value} for name, value in query.parameters.items()]
        for said in each if FULL else filter(None, [query.parameters]):
            status = sender.get(query.cookies, query.path, urlencode(said).encode()).status
            if status != 200:
                refused[f"{query.name} {said}"] = status
    assert refused == {}


def test_every_form_can_be_filled_in_or_says_why_not(campaign: Campaign) -> None:
    shut = {each.door.route: each.refusal for each in campaign.attacks if not each.is_open}
    unknown = {route: why for route, why in shut.items() if not _reason(route)}
    assert unknown == {}, "forms that were refused and have no reason in filling.SHUT"
    if FULL:
        idle = [pattern for pattern in SHUT if not any(fnmatchcase(r, pattern) for r in shut)]
        assert idle == [], "reasons that no form needs"


def _reason(route: str) -> str:
    return next((SHUT[pattern] for pattern in SHUT if fnmatchcase(route, pattern)), "")


def test_what_people_type_is_found_again_in_the_database(campaign: Campaign) -> None:
    """Else the judge would have nothing to compare."""
    kept = {
        f"{a.door.route} {n}" for a in campaign.attacks for n, homes in a.homes.items() if homes
    }
    assert {
        "admin:tenants_tenant_add name",
        "admin:tenants_user_add full_name",
        "admin:reporting_target_add source",
        "trade:import_columns name",
        "mfa_edit_webauthn name",
    } <= kept


@pytest.mark.parametrize("part", range(PARTS))
def test_every_form_keeps_odd_text_or_refuses_it(
    part: int, campaign: Campaign, sender: Sender
) -> None:
    campaign.throw_at_forms(part, PARTS)
    _judge(sender)


def test_every_parameter_takes_odd_text_or_refuses_it(campaign: Campaign, sender: Sender) -> None:
    campaign.throw_at_parameters()
    _judge(sender)


def test_every_part_of_a_path_takes_odd_text_or_refuses_it(
    campaign: Campaign, sender: Sender
) -> None:
    campaign.throw_at_paths()
    _judge(sender)


def test_headers_and_cookies_may_say_anything(campaign: Campaign, sender: Sender) -> None:
    campaign.throw_at_headers()
    _judge(sender)


def test_no_field_can_be_smuggled_in(campaign: Campaign, sender: Sender) -> None:
    campaign.smuggle()
    _judge(sender)


# -- the judge sees what it is there for -------------------------------------------------------

WORD = Odd("a word", "naïve <b>“text”</b>")


def _target(campaign: Campaign) -> Attack:
    return campaign.at("admin:reporting_target_add")


def test_text_that_is_mended_on_the_way_is_noticed(
    campaign: Campaign, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    _target(campaign).throw(WORD)
    _judge(sender)
    set_target = reporting.set_target

    def mend(*, source: str, **values: Any) -> Any:
        return set_target(source=source.replace("ï", "i"), **values)

    monkeypatch.setattr(reporting, "set_target", mend)
    _target(campaign).throw(WORD)
    assert any("reads" in problem for problem in sender.problems)


def test_a_refusal_that_leaves_something_behind_is_noticed(
    campaign: Campaign, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(*, source: str, **values: Any) -> Any:
        User.objects.filter(username=OWNER).update(full_name=source)
        raise InvalidInput

    monkeypatch.setattr(reporting, "set_target", half)
    _target(campaign).throw(WORD)
    assert any("tenants_user changed" in problem for problem in sender.problems)


def test_markup_that_is_not_escaped_is_noticed(
    campaign: Campaign, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    # What is refused comes back in its field.
    _target(campaign).bend(WORD, "starts_on")
    assert any("stands unescaped" in problem for problem in sender.problems)


def test_an_exception_is_noticed(
    campaign: Campaign, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(reporting, "set_target")
    _target(campaign).throw(WORD)
    assert any("500 AttributeError" in problem for problem in sender.problems)


def test_a_field_that_is_smuggled_in_is_noticed(
    campaign: Campaign, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: Any) -> Any:
        values = self.cleaned_data | {"source": self.data.get("full_name", "as said")}
        return reporting.set_target(actor=self.actor, now=self.now, target=None, **values)

    smuggle(_target(campaign))
    _judge(sender)
    monkeypatch.setattr("reporting.admin.TargetForm.operate", careless)
    smuggle(_target(campaign))
    assert any("reporting_target.source became" in problem for problem in sender.problems)


@pytest.mark.parametrize("text", ["names may hold \x00", "names may hold \ud800"])
def test_without_the_middleware_text_that_cannot_be_stored_does_harm(
    text: str, campaign: Campaign, sender: Sender, settings: Any
) -> None:
    """Some fields refuse a NUL by themselves; no field notices half a character."""
    odd = Odd("unstorable", text)
    edit_key = campaign.at("mfa_edit_webauthn")
    edit_key.throw(odd)
    knock_with_cookies(sender, campaign.doors, odd)
    _judge(sender)
    with _without_middleware(settings, sender):
        edit_key.throw(odd)
        knock_with_cookies(sender, campaign.doors, odd)
    assert sender.problems


@contextmanager
def _without_middleware(settings: Any, sender: Sender) -> Iterator[None]:
    guarded, name = sender.client, "park_portal.text.TextMiddleware"
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != name]
    sender.client = Client(raise_request_exception=False)
    yield
    sender.client = guarded


SIZES = ["limit", "size", "page_size", "per_page", "rows", "count", "list_per_page", "n", "all"]
# The staff site's lists show everything up to this, if asked to.
MOST_ROWS = 200


def test_no_list_grows_by_asking(campaign: Campaign, sender: Sender) -> None:
    wish = "&".join(f"{name}=1000000000" for name in SIZES).encode()
    grown = {}
    for query in [each for each in campaign.doors.queries.values() if each.rows]:
        rows = sender.get(query.cookies, query.path, wish).body.count("<tr")
        if rows > max(query.rows, MOST_ROWS + 1):
            grown[query.name] = (query.rows, rows)
    assert grown == {}
    _judge(sender)
