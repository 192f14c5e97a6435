"""Guessing is slowed down at every door, and no answer tells whether there is such an account."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from tenants.models import User
from tests.makers import PASSWORD
from tests.proof import FULL
from tests.tenants.guessing_doors import (
    DOORS,
    MANY,
    ByName,
    address,
    attempt,
)
from tests.tenants.people import browser_of, code_of, confirm, is_signed_in, secret_of_new_totp

pytestmark = pytest.mark.usefixtures("quick_passwords")

LIMIT = 5
# Enough for a control: more than any limit lets through.
SOME = 25
GUESSES = 1000 if FULL else SOME
TEN_MINUTES = 600
# A thousand guesses in ten minutes.
PAUSE = 0.6
EVALUATED_AT_MOST = 20


@pytest.fixture
def person(make):
    return make.person("liwei")


@pytest.fixture
def without_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False


@pytest.mark.parametrize("kind", DOORS)
def test_from_many_addresses_few_guesses_at_one_account_are_evaluated(
    kind, person, clock, monkeypatch
):
    door = kind(monkeypatch)
    client = door.arrive(person)
    for number in range(GUESSES):
        clock.forward(TEN_MINUTES / GUESSES)
        door.guess(client, person, **address(number))
    assert 0 < len(door.evaluated) <= EVALUATED_AT_MOST


@pytest.mark.parametrize("kind", MANY)
def test_from_one_address_few_guesses_at_many_accounts_are_evaluated(kind, db, clock, monkeypatch):
    door = kind(monkeypatch)
    guess_at_many(door, clock, GUESSES)
    minutes = math.ceil(GUESSES * PAUSE / 60)
    assert 0 < len(door.evaluated) <= door.per_minute * minutes < GUESSES
    assert len(set(door.evaluated)) == len(door.evaluated)


@pytest.mark.parametrize("kind", MANY[:-1])
def test_control_without_the_limit_by_address_all_are(kind, db, clock, monkeypatch, settings):
    limits = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = limits | {"wrong_by_address": "", "login": ""}
    settings.MFA_RATE_LIMITS = False
    door = kind(monkeypatch)
    guess_at_many(door, clock, SOME)
    assert len(door.evaluated) == SOME


def guess_at_many(door, clock, guesses):
    people = make_many(guesses)
    clients = [door.arrive(person) for person in people]
    door.evaluated.clear()
    for person, client in zip(people, clients, strict=True):
        clock.forward(PAUSE)
        door.guess(client, person)


def make_many(number):
    people = [
        User(username=f"guessed-{n}", email=f"guessed-{n}@example.test") for n in range(number)
    ]
    return User.objects.bulk_create(people)


@pytest.mark.parametrize("kind", DOORS)
@pytest.mark.usefixtures("without_limits")
def test_control_without_limits_every_guess_is_evaluated(kind, person, clock, monkeypatch):
    door = kind(monkeypatch)
    client = door.arrive(person)
    for number in range(SOME):
        door.guess(client, person, **address(number))
    assert len(door.evaluated) == SOME > EVALUATED_AT_MOST


def test_the_staff_site_has_no_door_to_guess_at(person, monkeypatch):
    door, client = ByName(monkeypatch), Client()
    form = {"username": "liwei", "password": PASSWORD}
    for _guess in range(GUESSES):
        answer = client.post(reverse("admin:login"), form)
    assert answer["Location"].startswith(reverse("account_login"))
    assert door.evaluated == []
    assert not client.session.get("_auth_user_id")


# -- nobody is kept out for good -------------------------------------------------------------


def test_the_right_password_opens_with_name_or_address(client, person):
    for login in ("liwei", "LIWEI@example.test"):
        assert attempt(client, login, PASSWORD).status_code == 302
        client.post(reverse("account_logout"))


def exhaust(login="liwei", **extra):
    for _guess in range(LIMIT):
        assert attempt(Client(), login, **extra).status_code == 200


def test_after_some_wrong_guesses_even_the_right_one_waits(client, person, clock):
    exhaust()
    assert attempt(client, "liwei", PASSWORD).status_code == 200
    assert attempt(client, "liwei@example.test", PASSWORD).status_code == 200
    assert not is_signed_in(client)
    clock.forward(301)
    assert attempt(client, "liwei", PASSWORD).status_code == 302


@pytest.mark.usefixtures("without_limits")
def test_control_without_the_limit_the_right_guess_gets_through(client, person):
    exhaust()
    assert attempt(client, "liwei", PASSWORD).status_code == 302


def test_a_right_password_takes_its_try_back(client, person):
    for _day in range(LIMIT + 1):
        assert attempt(client, "liwei", PASSWORD).status_code == 302
        client.post(reverse("account_logout"))


def test_who_is_signed_in_goes_on_while_somebody_guesses(person):
    browser = browser_of(person)
    exhaust(**address(7))
    assert is_signed_in(browser)
    confirm(browser)


def test_on_a_device_that_knows_the_account_the_owner_gets_in_while_somebody_guesses(person):
    own = browser_of(person)
    own.post(reverse("account_logout"))
    exhaust(**address(7))
    assert attempt(Client(), "liwei", PASSWORD).status_code == 200
    assert attempt(own, "liwei", PASSWORD).status_code == 302


def test_nor_does_somebody_in_the_same_office_keep_the_owner_out(make, person):
    own = browser_of(person)
    own.post(reverse("account_logout"))
    names = (make.person(password=None).username for _n in itertools.count())
    while "errors" not in seen_limit(attempt(Client(), next(names))):
        pass
    assert attempt(own, "liwei", PASSWORD).status_code == 302


def seen_limit(answer):
    errors = answer.context["form"].errors.as_data().get("__all__", [])
    return "errors" if [e for e in errors if e.code == "too_many_login_attempts"] else ""


def test_a_device_known_to_one_account_has_no_more_tries_at_another(make, person):
    own = browser_of(make.person("zhaoqiang"))
    own.post(reverse("account_logout"))
    exhaust(**address(7))
    assert attempt(own, "liwei", PASSWORD).status_code == 200


def test_a_known_device_has_few_tries_too(person):
    own = browser_of(person)
    own.post(reverse("account_logout"))
    for _guess in range(LIMIT):
        attempt(own, "liwei")
    assert attempt(own, "liwei", PASSWORD).status_code == 200


def test_a_forged_device_is_none(person, settings):
    own = browser_of(person)
    known = own.cookies[settings.KNOWN_DEVICE_COOKIE].value
    exhaust(**address(7))
    for value in (known[:-1] + "x", known.partition(":")[0], "nonsense", ""):
        stranger = Client()
        stranger.cookies[settings.KNOWN_DEVICE_COOKIE] = value
        assert attempt(stranger, "liwei", PASSWORD).status_code == 200


def test_a_new_password_makes_the_known_devices_strangers(person):
    thief = browser_of(person)
    thief.post(reverse("account_logout"))
    person.set_password("another horse, another battery")
    person.save()
    exhaust(**address(7))
    assert attempt(thief, "liwei", "another horse, another battery").status_code == 200


def test_the_cookie_of_a_known_device_is_a_strict_one(person, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = browser_of(person).cookies[settings.KNOWN_DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["path"] == "/"


def test_a_password_set_by_mail_gives_the_tries_back(client, person, mailoutbox):
    exhaust(**address(7))
    client.post(reverse("account_reset_password"), {"email": person.email})
    (link,) = [word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word]
    page = client.get(link.partition("testserver")[2])["Location"]
    new = "another horse, another battery"
    client.post(page, {"password1": new, "password2": new})
    assert attempt(client, "liwei", new).status_code == 302


def test_wrong_codes_wait_and_then_the_right_one_opens(person, clock):
    secret = secret_of_new_totp(person)
    browser = browser_of(person)
    for _guess in range(LIMIT):
        browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_signed_in(browser)
    clock.forward(301)
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_signed_in(browser)


def test_a_limit_answers_with_a_page_that_says_so(person):
    client = Client()
    for _request in range(LIMIT):
        client.post(reverse("account_reset_password"), {"email": person.email})
    answer = client.post(reverse("account_reset_password"), {"email": person.email})
    assert answer.status_code == 429
    assert answer["Retry-After"]


# -- the same answer for known and unknown ---------------------------------------------------

CHANGING = [
    re.compile(r'(csrfmiddlewaretoken" value=")\w+'),
    re.compile(r'("X-CSRFToken": ")\w+'),
    re.compile(r'(nonce=")[^"]+'),
    re.compile(r"()[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
]


def masked(answer, typed: str):
    """Status, headers and bytes, without what differs between any two answers."""
    page = answer.content.decode().replace(typed, "TYPED")
    for changing in CHANGING:
        page = changing.sub(r"\1…", page)
    left_out = {"Content-Length", "Content-Security-Policy", "Expires", "X-Request-ID"}
    headers = {k: v for k, v in answer.headers.items() if k not in left_out}
    return answer.status_code, headers, page


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("liwei", "nobody"), ("liwei@example.test", "nobody@example.test"), ("left", "nobody")],
)
def test_signing_in_answers_the_same_for_known_and_unknown(make, person, known, unknown):
    left = make.person("left")
    left.is_active = False
    left.save()
    for _guess in range(LIMIT + 2):
        first = masked(attempt(Client(), known, **address(1)), known)
        second = masked(attempt(Client(), unknown, **address(2)), unknown)
        assert first == second


@pytest.mark.parametrize("login", ["liwei", "liwei@example.test", "nobody", "nobody@example.test"])
def test_known_or_not_one_password_is_hashed(person, client, login, monkeypatch):
    hashed = []
    original = MD5PasswordHasher.encode

    def counting(self, *args, **kwargs):
        hashed.append(args)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    attempt(client, login)
    assert len(hashed) == 1


def test_control_the_librarys_own_way_hashes_twice_for_a_known_address(
    person, client, settings, monkeypatch
):
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    test_known_or_not_one_password_is_hashed(person, client, "liwei", monkeypatch)
    with pytest.raises(AssertionError):
        test_known_or_not_one_password_is_hashed(person, client, "liwei@example.test", monkeypatch)


def test_asking_for_a_new_password_answers_the_same_for_known_and_unknown(person, mailoutbox):
    answers = []
    for email in ("liwei@example.test", "nobody@example.test"):
        client = Client()
        sent = client.post(reverse("account_reset_password"), {"email": email})
        answers.append((masked(sent, email), masked(client.get(sent["Location"]), email)))
    assert answers[0] == answers[1]
    assert len(mailoutbox) == 2


# -- nonsense --------------------------------------------------------------------------------


NONSENSE = [
    "",
    "no json",
    "null",
    "7",
    '"text"',
    "[]",
    "[1]",
    "{}",
    '{"response": []}',
    '{"response": {"userHandle": 7}}',
    '{"rawId": "A", "response": {"clientDataJSON": "", "authenticatorData": "", "signature": ""}}',
    '{"rawId": "YQ", "response": {"clientDataJSON": "e30", "authenticatorData": "YQ", "signature": "YQ"}}',
]


@pytest.mark.parametrize("view", ["mfa_login_webauthn", "mfa_authenticate"])
@pytest.mark.usefixtures("without_limits")
def test_nonsense_instead_of_a_passkeys_answer_is_a_wrong_answer(person, view):
    secret_of_new_totp(person)
    browser = browser_of(person)
    for credential in NONSENSE:
        answer = browser.post(reverse(view), {"credential": credential}, follow=True)
        assert answer.status_code == 200, credential
        assert not is_signed_in(browser)
