"""The key of a session: long, random, of this server, and worth nothing after its end."""

from math import log2

from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.tenants.people import browser_of, is_signed_in


def test_it_holds_160_bits_and_says_nothing(owner):
    key = browser_of(owner.user).cookies[settings.SESSION_COOKIE_NAME].value
    assert set(key) <= set(VALID_KEY_CHARS)
    assert len(key) * log2(len(set(VALID_KEY_CHARS))) > 160
    assert Session.objects.filter(pk=key).exists()


def with_key(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def test_after_signing_out_it_opens_nothing(owner):
    browser = browser_of(owner.user)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_signed_in(with_key(key))
    browser.post(reverse("account_logout"))
    assert not is_signed_in(with_key(key))
    assert not Session.objects.filter(pk=key).exists()


def test_a_key_of_ones_own_making_is_not_taken(owner):
    made_up = "a" * 32
    client = with_key(made_up)
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": owner.user.username, "password": "x"})
    assert not Session.objects.filter(pk=made_up).exists()
