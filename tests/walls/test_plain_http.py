"""Without TLS a page leads to https, and a call is refused: its key has travelled readable."""

import pytest
from django.test import Client

from tests.gateway.conftest import make_key

CALL = "/api/v1/organisation"
SECURE = "https://testserver/accounts/login/"


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^api/v1/"]


@pytest.fixture
def bearer(owner) -> dict[str, str]:
    return {"authorization": f"Bearer {make_key(owner)[1]}"}


def test_a_call_is_refused_and_not_sent_on(production, bearer):
    answer = Client().get(CALL, headers=bearer)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "plain_http"
    assert "Location" not in answer.headers


def test_the_same_call_over_tls_is_answered(production, bearer):
    assert Client().get(CALL, headers=bearer, secure=True).status_code == 200


def test_a_page_leads_to_https(production, db):
    answer = Client().get("/accounts/login/")
    assert (answer.status_code, answer.headers["Location"]) == (301, SECURE)


def test_control_without_the_guard_the_call_is_answered(production, bearer, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "plain_http" not in name]
    assert Client().get(CALL, headers=bearer).status_code == 200
