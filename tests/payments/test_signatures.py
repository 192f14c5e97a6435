"""Nothing is believed that the provider has not signed within the last five minutes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import PaymentOutcome
from payments.checks import known_providers
from payments.hooks import LARGEST
from payments.providers import provider_called, providers
from payments.providers.base import SIGNATURE, TIMESTAMP
from tests.payments.making import HOOK, begun, billed, body_of, inbox, news, now_of, said, signed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def payment(owner, staff) -> Any:
    return begun(owner, billed(owner, staff))


def posted(body: bytes, headers: dict[str, str], address: str = HOOK) -> Any:
    return Client().post(address, body, content_type="application/json", headers=headers)


def unheard(payment: Any) -> bool:
    return inbox() == [] and now_of(payment).state == PaymentOutcome.PENDING


def forged(payment: Any) -> list[tuple[bytes, dict[str, str]]]:
    """Messages that somebody else could send, who has seen a real one."""
    body, other = body_of(news(payment)), body_of(news(payment, "failed"))
    real = signed(body)
    now = timezone.now()
    shifted = real | {TIMESTAMP: str(int(real[TIMESTAMP]) + 1)}
    return [
        (body, {}),
        (body, {TIMESTAMP: real[TIMESTAMP]}),
        (body, real | {SIGNATURE: ""}),
        (body, real | {SIGNATURE: real[SIGNATURE][:-1]}),
        (body, real | {SIGNATURE: "0" * 64}),
        (body, shifted),
        (other, real),
        (body, signed(body, now - 6 * MINUTE)),
        (body, signed(body, now + 6 * MINUTE)),
    ]


@pytest.mark.parametrize("number", range(9))
def test_what_is_not_signed_or_old_is_refused(payment, number) -> None:
    body, headers = forged(payment)[number]
    answer = posted(body, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_believed")
    assert unheard(payment)
    assert posted(body, signed(body)).status_code == 200, "the message itself was right"


def test_within_five_minutes_it_is_believed(payment) -> None:
    body = body_of(news(payment))
    assert posted(body, signed(body, timezone.now() - 4 * MINUTE)).status_code == 200


def test_without_a_secret_nothing_is_believed(payment, settings) -> None:
    settings.PARK_PAYMENT_SECRETS = {}
    assert said(news(payment)) == 401
    assert unheard(payment)


def test_a_provider_that_the_park_does_not_use_is_not_heard(payment, settings) -> None:
    body = body_of(news(payment))
    headers = signed(body)
    assert posted(body, headers, "/hooks/payments/another/").status_code == 401
    settings.PARK_PAYMENT_PROVIDERS = []
    assert posted(body, headers).status_code == 401
    assert unheard(payment)


def test_a_name_that_no_app_registers_is_told(settings) -> None:
    assert known_providers(None) == []
    settings.PARK_PAYMENT_PROVIDERS = ["offline", "mistyped"]
    assert [each.id for each in known_providers(None)] == ["payments.E001"]
    assert [each.name for each in providers()] == ["offline"]


WRONG: list[dict[str, Any]] = [
    {"outcome": "returned"},
    {"outcome": "unknown"},
    {"at": "yesterday"},
    {"at": "2026-01-05T10:00:00"},
    {"at": None},
    {"amount": "NaN"},
    {"amount": "-1"},
    {"amount": "1e400"},
    {"amount": None},
    {"id": ""},
    {"id": "x" * 101},
    {"id": 7},
    {"currency": ["CNY"]},
    {"reference": "\0"},
    {"reference": "\ud800"},
    {"at": "9999-12-31T23:59:59-12:00"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_nonsense_is_refused_though_it_is_signed(payment, wrong) -> None:
    body = json.dumps(json.loads(body_of(news(payment))) | wrong).encode()
    assert posted(body, signed(body)).status_code == 401
    assert unheard(payment)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 9_999, b"{}"])
def test_what_is_no_message_is_refused_though_it_is_signed(payment, body) -> None:
    assert posted(body, signed(body)).status_code == 401
    assert unheard(payment)


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "9" * 20, "٤٢"])
def test_a_moment_that_is_none_is_refused(payment, timestamp) -> None:
    body = body_of(news(payment))
    headers = signed(body)
    way_signed = _signed_as(body, timestamp)
    assert posted(body, headers | way_signed).status_code in (400, 401)
    assert unheard(payment)


def _signed_as(body: bytes, timestamp: str) -> dict[str, str]:
    way: Any = provider_called("offline")
    return {TIMESTAMP: timestamp, SIGNATURE: way.sign(timestamp, body)}


def test_a_body_that_is_too_large_is_not_read(payment) -> None:
    body = b" " * (LARGEST + 1)
    assert posted(body, signed(body)).status_code == 413


def test_whoever_guesses_has_to_wait(payment) -> None:
    codes = [posted(b"{}", {}).status_code for _each in range(12)]
    assert set(codes) == {401, 429}
    assert codes[-1] == 429


def test_what_was_right_is_not_counted(payment) -> None:
    message = news(payment)
    assert {said(message) for _each in range(12)} == {200}


def test_it_reads_no_cookie_and_takes_nothing_but_a_post(payment, owner) -> None:
    client = Client()
    client.force_login(owner.user)
    assert client.get(HOOK).status_code == 405
    body = body_of(news(payment))
    answer = client.post(HOOK, body, content_type="application/json")
    assert (answer.status_code, answer.cookies.get("sessionid")) == (401, None)
