"""Signing in as people do: by the form, with codes, at addresses that hold no numbers."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from tenants.models import User
from tests.makers import PASSWORD

LOGIN = "account_login"
# The half minute in which all codes are made and read, see conftest.py.
PERIOD_OF_CODES = 59_000_000


def browser_of(user: User) -> Client:
    """A browser in which the person has given name and password at the door."""
    client = Client()
    answer = client.post(reverse(LOGIN), {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def confirm(browser: Client) -> None:
    """Give the password once more, as pages ask for it before what matters."""
    answer = browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("usersessions_list")).status_code == 200


def secret_of_new_totp(user: User) -> str:
    """Set a second factor up behind the pages; returns what its app keeps."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, PERIOD_OF_CODES))


def age(browser: Client, seconds: float, *marks: str) -> None:
    """Move marks of the browser's session into the past."""
    session: Any = browser.session
    for mark in marks:
        session[mark] -= seconds
    session.save()
