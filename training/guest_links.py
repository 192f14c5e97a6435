"""The personal link of a guest: signed when it is shown or mailed, and kept nowhere.

It names the organisation by its short address and the guest by the code, which is another one as
soon as the row has another person. It ends a day after the last date of the event.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant
from training.models import Guest, GuestState

SALT = "training.guest"
DAYS_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a link with a good signature says."""

    slug: str
    code: str


def token_of(guest: Guest, slug: str) -> str:
    return Signer(salt=SALT).sign_object([slug, guest.code])


def address_of(guest: Guest, slug: str) -> str:
    path = reverse("training_guest", kwargs={"token": token_of(guest, slug)})
    return f"{settings.PORTAL_URL}{path}"


def door_address(guest: Guest) -> str:
    """What stands in the code to scan: the staff's page of the guest."""
    return settings.PORTAL_URL + reverse("admin:event_guest", kwargs={"code": guest.code})


def read(token: str) -> Told | None:
    """None for whatever we have not signed."""
    try:
        slug, code = Signer(salt=SALT).unsign_object(token)
        return Told(str(slug), str(code))
    except (BadSignature, ValueError, TypeError):
        return None


def claimed(token: str) -> str:
    """What a token says whose signature nobody has looked at: guesses at one share it."""
    return token.rpartition(":")[0]


@contextmanager
def opened(told: Told, now: datetime, *, request_id: str) -> Iterator[Guest | None]:
    """Run the block as the organisation; None when the guest is off the list or somebody else, or
    the event is over."""
    with as_public():
        tenant = Tenant.objects.only("pk").filter(slug=told.slug).first()
    if tenant is None:
        yield None
        return
    with enter_tenant(tenant.pk, request_id=request_id):
        rows = Guest.objects.filter(code=told.code, erased_at=None)
        rows = rows.exclude(state=GuestState.REMOVED)
        guest = rows.select_related("session__course", "tenant").first()
        yield None if guest is not None and _is_over(guest, now) else guest


def _is_over(guest: Guest, now: datetime) -> bool:
    last = guest.session.dates.order_by("-ends_at").first()
    return last is not None and last.ends_at + DAYS_AFTER < now
