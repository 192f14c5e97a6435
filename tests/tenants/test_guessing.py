"""Guessing a password is slowed down at the one door, and the answer tells nothing."""

import pytest

from tests.makers import PASSWORD

LIMIT = 5


def attempt(client, login: str, password: str = "wrong guess"):  # noqa: S107
    return client.post("/accounts/login/", {"login": login, "password": password})


@pytest.fixture
def person(make):
    return make.person("liwei")


def test_the_right_password_opens_with_name_or_address(client, person):
    for login in ("liwei", "LIWEI@example.test"):
        assert attempt(client, login, PASSWORD).status_code == 302
        client.post("/accounts/logout/")


def test_after_some_wrong_guesses_even_the_right_one_waits(client, person):
    for _guess in range(LIMIT):
        assert attempt(client, "liwei").status_code == 200
    refused = attempt(client, "liwei", PASSWORD)
    assert refused.status_code == 200
    assert not client.session.get("_auth_user_id")


def test_control_without_the_limit_the_right_guess_gets_through(client, person, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    for _guess in range(LIMIT):
        attempt(client, "liwei")
    assert attempt(client, "liwei", PASSWORD).status_code == 302


def test_known_and_unknown_names_get_the_same_answer(client, person):
    def answer(login: str) -> str:
        page = attempt(client, login).content.decode()
        errors = page[page.index("error") :]
        return errors.replace(login, "LOGIN")[:400]

    assert answer("liwei") == answer("nobody")
