"""The doors that somebody might guess at, as the tests knock on them."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core import mail
from django.test import Client
from django.urls import reverse
from fido2.utils import websafe_encode

from foundation.refs import ref_of
from members import links
from tenants.models import User
from tests.makers import PASSWORD
from tests.tenants.people import secret_of_new_totp

WRONG = "wrong guess"


def address(number: int) -> dict:
    return {"REMOTE_ADDR": f"10.{number // 62500 % 250}.{number // 250 % 250}.{number % 250 + 1}"}


def attempt(client, login: str, password: str = WRONG, **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


class Door:
    """Somewhere to guess at; ``evaluated`` are the accounts whose secret was looked at."""

    # What the limit by address lets through.
    per_minute = 10

    def __init__(self, monkeypatch) -> None:
        self.evaluated: list[Any] = []
        self.watch(monkeypatch)

    def watch(self, monkeypatch) -> None:
        def check(user, password):
            if password != PASSWORD:
                self.evaluated.append(user.pk)
            return password == PASSWORD

        # Without Argon2, which would take a minute for a thousand.
        monkeypatch.setattr(User, "check_password", check)
        monkeypatch.setattr(User, "set_password", lambda user, password: None)

    def arrive(self, user) -> Client:
        return Client()

    def guess(self, client, user, **extra):
        raise NotImplementedError


class ByName(Door):
    def guess(self, client, user, **extra):
        return attempt(client, user.username.upper(), **extra)


class ByNameOrAddress(Door):
    """All names of one account, in turns."""

    def guess(self, client, user, **extra):
        login = (user.username, user.email)[len(self.evaluated) % 2]
        return attempt(client, login, **extra)


class Again(Door):
    def arrive(self, user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def guess(self, client, user, **extra):
        return client.post(reverse("account_reauthenticate"), {"password": WRONG}, **extra)


class OldPassword(Again):
    def guess(self, client, user, **extra):
        form = {"oldpassword": WRONG, "password1": "x", "password2": "x"}
        return client.post(reverse("account_change_password"), form, **extra)


class SecondFactor(Door):
    def watch(self, monkeypatch) -> None:
        super().watch(monkeypatch)

        def validate(totp, code):
            self.evaluated.append(totp.instance.user_id)
            return False

        monkeypatch.setattr(TOTP, "validate_code", validate)

    def arrive(self, user) -> Client:
        secret_of_new_totp(user)
        client = Client()
        login = {"login": user.username, "password": PASSWORD}
        # Whoever has so many passwords does not give them all from one address.
        client.post(reverse("account_login"), login, **address(user.pk))
        return client

    def guess(self, client, user, **extra):
        return client.post(reverse("mfa_authenticate"), {"code": "000000"}, **extra)


class SecondFactorAgain(SecondFactor):
    def arrive(self, user) -> Client:
        secret_of_new_totp(user)
        client = Client()
        client.force_login(user)
        return client

    def guess(self, client, user, **extra):
        return client.post(reverse("mfa_reauthenticate"), {"code": "000000"}, **extra)


class Passkey(Door):
    def watch(self, monkeypatch) -> None:
        def complete(user, response):
            self.evaluated.append(user.pk)
            raise ValueError("not this user's key")

        monkeypatch.setattr(webauthn, "complete_authentication", complete)

    def guess(self, client, user, **extra):
        credential = json.dumps(passkey_answer(user))
        return client.post(reverse("mfa_login_webauthn"), {"credential": credential}, **extra)


class ResetLink(Door):
    def watch(self, monkeypatch) -> None:
        def check(generator, user, token):
            self.evaluated.append(user.pk)
            return False

        monkeypatch.setattr(EmailAwarePasswordResetTokenGenerator, "check_token", check)

    def guess(self, client, user, **extra):
        link = {"uidb36": ref_of(user.pk, "person"), "key": "c0ffee-0123456789abcdef"}
        return client.get(reverse("account_reset_password_from_key", kwargs=link), **extra)


class InvitationLink(Door):
    def watch(self, monkeypatch) -> None:
        def read(token):
            self.evaluated.append(links.claimed(token))

        monkeypatch.setattr(links, "read", read)

    def guess(self, client, user, **extra):
        token = f"invitation-of-{user.username}:{len(self.evaluated)}"
        return client.get(reverse("invitation", kwargs={"token": token}), **extra)


class ResetRequest(Door):
    per_minute = 20

    def watch(self, monkeypatch) -> None:
        def send(message, fail_silently=False):
            self.evaluated.append(User.objects.get(email=message.to[0]).pk)
            return 1

        monkeypatch.setattr(mail.EmailMessage, "send", send)

    def guess(self, client, user, **extra):
        return client.post(reverse("account_reset_password"), {"email": user.email}, **extra)


def passkey_answer(user):
    client_data = {"type": "webauthn.get", "challenge": "AA", "origin": "http://testserver"}
    return {
        "id": websafe_encode(b"a-key"),
        "rawId": websafe_encode(b"a-key"),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client_data).encode()),
            "authenticatorData": websafe_encode(bytes(37)),
            "signature": websafe_encode(b"signed"),
            "userHandle": websafe_encode(user_pk_to_url_str(user).encode()),
        },
    }


DOORS = [
    ByName,
    ByNameOrAddress,
    Again,
    OldPassword,
    SecondFactor,
    SecondFactorAgain,
    Passkey,
    ResetLink,
    InvitationLink,
    ResetRequest,
]

# Where one can stand without being somebody already.
MANY = [ByName, SecondFactor, Passkey, ResetLink, InvitationLink, ResetRequest]
