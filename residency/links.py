"""The link with which an applicant comes back: signed when it is shown or mailed, kept nowhere.

It names the application by its nonce and holds no number. Whoever has it may do what the
applicant may; so a page that shows it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from residency.models import Application
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant

SALT = "residency.application"


def token_of(application: Application) -> str:
    return _signer().sign(application.nonce)


def path_of(application: Application) -> str:
    return reverse("apply:application", kwargs={"token": token_of(application)})


def address_of(application: Application) -> str:
    return f"{settings.PORTAL_URL}{path_of(application)}"


def read(token: str) -> str | None:
    """The nonce that a token names; None for whatever we have not signed."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def claimed(token: str) -> str:
    """What a token says whose signature nobody has looked at: guesses at one share it."""
    return token.rpartition(".")[0]


def park_id() -> int:
    """The operator, found by somebody of no organisation."""
    with as_public():
        return Tenant.objects.only("pk").operator().pk


@contextmanager
def opened(nonce: str, *, user_id: int | None, request_id: str) -> Iterator[Application | None]:
    """Run the block as the park; None when the application is gone or was erased."""
    with enter_tenant(park_id(), user_id=user_id, request_id=request_id):
        yield Application.objects.filter(nonce=nonce, erased_at=None).first()


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
