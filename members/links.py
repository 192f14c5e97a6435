"""The link of an invitation: signed when the mail is written, and kept nowhere.

It names the organisation by its short address and the sending by its nonce. So it holds no
number, and the organisation can be entered before anything of it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members.models import Invitation
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant

SALT = "members.invitation"


@dataclass(frozen=True, slots=True)
class Told:
    """What a link with a good signature says."""

    slug: str
    nonce: str
    expires: int


def token_of(invitation: Invitation) -> str:
    told = [invitation.tenant.slug, invitation.nonce, _seconds(invitation)]
    return Signer(salt=SALT).sign_object(told)


def address_of(invitation: Invitation) -> str:
    path = reverse("invitation", kwargs={"token": token_of(invitation)})
    return f"{settings.PORTAL_URL}{path}"


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
def opened(told: Told, *, user_id: int | None, request_id: str) -> Iterator[Invitation | None]:
    """Run the block as the organisation; None when the link was replaced by a newer one."""
    with as_public():
        tenant = Tenant.objects.only("pk").get(slug=told.slug)
    with enter_tenant(tenant.pk, user_id=user_id, request_id=request_id):
        named = Invitation.objects.filter(nonce=told.nonce).select_related("tenant", "invited_by")
        found = named.first()
        yield found if found and _seconds(found) == told.expires else None


def _seconds(invitation: Invitation) -> int:
    return int(invitation.expires_at.timestamp())
