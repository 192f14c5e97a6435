"""The personal link of a learner: signed when it is shown or mailed, and kept nowhere.

It names the university by its short address and the learner by a nonce, so it holds no number.
It works until it is replaced or the learner is erased: whoever agreed can always take it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from learners.models import Learner
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant

SALT = "learners.consent"


@dataclass(frozen=True, slots=True)
class Told:
    """What a link with a good signature says."""

    slug: str
    nonce: str


def token_of(learner: Learner, slug: str) -> str:
    return Signer(salt=SALT).sign_object([slug, learner.link_nonce])


def path_of(learner: Learner, slug: str, view: str = "learner_consent") -> str:
    return reverse(view, kwargs={"token": token_of(learner, slug)})


def address_of(learner: Learner, slug: str) -> str:
    return f"{settings.PORTAL_URL}{path_of(learner, slug)}"


def read(token: str) -> Told | None:
    """None for whatever we have not signed."""
    try:
        return Told(*Signer(salt=SALT).unsign_object(token))
    except (BadSignature, ValueError, TypeError):
        return None


def claimed(token: str) -> str:
    """What a token says whose signature nobody has looked at: guesses at one share it."""
    return token.rpartition(":")[0]


@contextmanager
def opened(told: Told, *, user_id: int | None, request_id: str) -> Iterator[Learner | None]:
    """Run the block as the university; None when the link was replaced or the learner erased."""
    with as_public():
        tenant = Tenant.objects.only("pk").filter(slug=told.slug).first()
    if tenant is None:
        yield None
        return
    with enter_tenant(tenant.pk, user_id=user_id, request_id=request_id):
        named = Learner.objects.filter(link_nonce=told.nonce, erased_at=None)
        yield named.with_consent().select_related("tenant").first()
