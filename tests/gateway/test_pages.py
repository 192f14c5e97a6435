"""The page of keys: for leads who have just given their password; the secret is shown once."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation

from gateway.forms import KeyForm
from gateway.models import ApiKey
from tenants.isolation.context import enter_tenant
from tests.gateway.conftest import Program, make_key
from tests.tenants.people import confirm

FORM = {"name": "stock system", "role": "operations", "scopes": ["orders.read"], "days": "90"}


def address(view: str, **arguments: object) -> str:
    return reverse(f"gateway:{view}", kwargs={"tenant": "haihe", **arguments})


@pytest.fixture
def browser(owner, sign_in):
    """Somebody who gave the password a moment ago."""
    return recent(sign_in(owner))


def recent(client):
    confirm(client)
    return client


def test_a_key_is_shown_once_and_works(browser, owner):
    made = browser.post(address("key_new"), FORM)
    assert made.status_code == 200, made.headers
    assert "no-store" in made.headers["Cache-Control"]
    secret = re.search(r"pk_\w{12}_[\w-]{43}", made.content.decode())
    assert secret
    assert Program(secret.group()).get("organisation").json()["slug"] == "haihe"
    listed = browser.get(address("keys")).content.decode()
    assert "stock system" in listed
    assert secret.group() not in listed
    assert secret.group()[-43:] not in listed


def test_whoever_gave_the_password_long_ago_gives_it_again(owner, sign_in):
    asleep = sign_in(owner)
    for answer in (asleep.get(address("key_new")), asleep.post(address("key_new"), FORM)):
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url
    with enter_tenant(owner.tenant_id):
        assert not ApiKey.objects.exists()


def test_revoking_and_rolling_through_the_pages(browser, owner):
    key, secret = make_key(owner)
    rolled = browser.post(address("key_rolling", pk=key.pk), {"overlap": "24"})
    assert rolled.status_code == 200
    assert Program(str(secret)).get("organisation").status_code == 200
    again = browser.post(address("key_rolling", pk=key.pk), {"overlap": "24"})
    assert (again.status_code, again.url) == (302, address("keys"))
    browser.post(address("key_revocation", pk=key.pk))
    assert Program(str(secret)).get("organisation").status_code == 401
    with enter_tenant(owner.tenant_id):
        assert ApiKey.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"scopes": []}, {"role": "owner"}, {"days": "100000"}, {"scopes": ["root"]}],
)
def test_what_is_not_offered_comes_back_with_the_input_kept(browser, owner, wrong):
    answer = browser.post(address("key_new"), FORM | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    with enter_tenant(owner.tenant_id):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_see_no_keys(make, owner, sign_in, role):
    weaker = recent(sign_in(make.member(owner.tenant, role)))
    for view in ("keys", "key_new"):
        assert weaker.get(address(view)).status_code == 403


def test_a_neighbours_key_and_one_that_never_was_are_the_same_404(browser, owner, neighbour, make):
    foreign, secret = make_key(make.member(neighbour))
    answers = [
        browser.post(address("key_revocation", pk=pk)) for pk in (foreign.pk, foreign.pk + 1000)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert Program(str(secret)).get("organisation").status_code == 200


def test_the_documentation_is_open_and_needs_no_other_host(client, db):
    page = client.get("/api/docs/").content.decode()
    assert client.get("/api/v1/schema").json()["openapi"].startswith("3.1")
    assert re.findall(r"(?:src|href)=\"(https?:)?//", page) == []


def test_the_lives_of_a_key_are_told_in_the_readers_language(owner):
    for language, words in (("en", "90 days"), ("zh-hans", "90 天")):
        with translation.override(language):
            assert words in str(KeyForm(kind=owner.tenant.kind)["days"])
