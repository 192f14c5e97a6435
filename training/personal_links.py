"""The personal link of a seat, for whoever sits on it and has no account.

It is signed and kept nowhere, and names organisation, seat and person by refs: a seat that changes
hands takes its link along to nobody. It ends so long after the last date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from foundation.refs import pk_of, ref_of
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant
from training.models import Seat
from training.models.seats import KEPT

SALT = "training.seat"
DAYS_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Told:
    """What a link with a good signature says."""

    slug: str
    seat: int
    person: str


def token_of(seat: Seat, slug: str) -> str:
    return Signer(salt=SALT).sign_object([slug, ref_of(seat.pk, "seat"), person_of(seat)])


def address_of(seat: Seat, slug: str) -> str:
    path = reverse("training_seat", kwargs={"token": token_of(seat, slug)})
    return f"{settings.PORTAL_URL}{path}"


def person_of(seat: Seat) -> str:
    """Who sits on it, as a ref; "" for a blank one."""
    if seat.learner_id is not None:
        return ref_of(seat.learner_id, "learner")
    return ref_of(seat.membership_id, "membership") if seat.membership_id else ""


def read(token: str) -> Told | None:
    """None for whatever we have not signed."""
    try:
        slug, ref, person = Signer(salt=SALT).unsign_object(token)
        return Told(slug, pk_of(ref, "seat"), person)
    except (BadSignature, ValueError, TypeError):
        return None


def claimed(token: str) -> str:
    """What a token says whose signature nobody has looked at: guesses at one share it."""
    return token.rpartition(":")[0]


@contextmanager
def opened(told: Told, now: datetime, *, request_id: str) -> Iterator[Seat | None]:
    """Run the block as the organisation; None when the seat is given up, has another name, or its
    time is over."""
    with as_public():
        tenant = Tenant.objects.only("pk").filter(slug=told.slug).first()
    if tenant is None:
        yield None
        return
    with enter_tenant(tenant.pk, request_id=request_id):
        rows = Seat.objects.filter(pk=told.seat, state__in=KEPT)
        seat = rows.select_related("session__course", "learner", "membership__user").first()
        if seat is not None and (person_of(seat) != told.person or _is_over(seat, now)):
            seat = None
        yield seat


def _is_over(seat: Seat, now: datetime) -> bool:
    last = seat.session.dates.standing().order_by("-ends_at").first()
    return last is not None and last.ends_at + DAYS_AFTER < now
