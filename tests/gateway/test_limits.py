"""How often, how much, how deep: what the API answers at its limits."""

from __future__ import annotations

import json
import time

import pytest
from django.utils import timezone

from backbone.operations import start_job
from gateway import throttling
from tenants.isolation.context import enter_tenant
from tests.gateway.conftest import Program, make_key


def test_an_organisation_that_asks_too_often_waits_and_its_neighbour_does_not(
    owner, neighbour, make, settings
):
    settings.API_CALLS_PER_MINUTE = 3
    programs = [Program(str(make_key(owner)[1])) for _key in range(2)]
    stranger = Program(str(make_key(make.member(neighbour))[1]))
    answers = [programs[number % 2].get("organisation") for number in range(5)]
    # Over all its keys together.
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"
    assert stranger.get("organisation").status_code == 200


def test_time_passes_and_the_organisation_may_ask_again(program, settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 1
    assert program.get("organisation").status_code == 200
    refused = program.get("organisation")
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    now = time.time()
    monkeypatch.setattr("gateway.throttling.time.time", lambda: now + wait)
    assert program.get("organisation").status_code == 200


def test_control_without_the_throttle_it_goes_on(program, settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 1
    monkeypatch.setattr(throttling, "count", lambda name, limit, seconds: 0)
    assert [program.get("organisation").status_code for _call in range(3)] == [200] * 3


def test_trying_keys_is_slowed_down_for_the_address_and_not_for_real_keys(program, settings):
    settings.API_BAD_KEYS_PER_MINUTE = 3
    guesses = [Program(f"pk_guess_{number}").get("organisation") for number in range(5)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
    assert "Retry-After" in guesses[-1].headers
    assert program.get("organisation").status_code == 200


def test_without_its_cache_the_portal_still_answers(program, monkeypatch):
    def away(*said: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("gateway.throttling.cache.add", away)
    assert program.get("organisation").status_code == 200


def test_a_page_has_at_most_a_hundred_rows_and_the_cursor_leads_on(program, owner):
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        for _number in range(103):
            start_job(
                actor=owner.actor(), now=timezone.now(), kind="trade.check_orders", payload={}
            )
    first = program.get("jobs", {"limit": 10**9}).json()
    assert len(first["data"]) == 100
    rest = program.get("jobs", {"limit": 10**9, "cursor": first["next"]}).json()
    assert (len(rest["data"]), rest["next"]) == (3, None)
    ids = [row["id"] for row in first["data"] + rest["data"]]
    assert len(set(ids)) == 103


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": -1}, {"limit": "x"}, {"limit": "1e3"}, {"cursor": "x"},
        {"cursor": "2026-09-05_1"}, {"state": "flying"}, {"colour": "red"}, {"limit": "９" * 5000},
    ],
)  # fmt: skip
def test_a_query_that_is_not_offered_is_refused_with_its_name(program, query):
    refused = program.get("jobs", query)
    assert refused.status_code == 422, refused.content
    assert refused.json()["errors"][0]["field"] == next(iter(query))


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (DEEP, 400),
        ('{"a": ' * 5_000 + "1" + "}" * 5_000, 400),
        ("{", 400),
        ("NaN", 400),
        ('{"a": ' + "9" * 10_000 + "}", 400),
        ('"' + "x" * (2 * 1024 * 1024) + '"', 413),
        ("[]", 422),
        ("null", 422),
        ('{"state": "succeeded"}', 422),
        ("\xff\xfe", 400),
    ],
    ids=lambda value: str(value)[:12],
)
def test_bodies_that_cannot_be(program, owner, body, status):
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        start_job(actor=owner.actor(), now=timezone.now(), kind="trade.check_orders", payload={})
    made = program.get("jobs").json()["data"][0]
    sent = program.client.post(
        f"/api/v1/jobs/{made['id']}/cancellation",
        body.encode("latin-1"),
        content_type="application/json",
        headers={"authorization": f"Bearer {program.secret}", "idempotency-key": "a"},
    )
    assert sent.status_code == status, sent.content
    assert sent.headers["Content-Type"] == "application/problem+json"
    assert program.get("jobs").json()["data"][0]["state"] == "queued"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_methods_that_a_call_does_not_have(program, method):
    answer = getattr(program.client, method)(
        "/api/v1/orders", headers={"authorization": f"Bearer {program.secret}"}
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_an_unknown_address_answers_programs_in_their_own_form(program):
    answer = program.get("no/such/thing")
    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"
