"""What the addresses of certificates name: a number to verify, a holder's personal link.

A personal link is signed with its moment, names the organisation by its short address and the
certificate by a nonce, and ends after ``CERTIFICATE_LINK_DAYS`` or when another one is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

from certificates.models import Certificate
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant

SALT = "certificates.personal"
PRESENT = "select set_config('app.certificate', %s, true)"


@dataclass(frozen=True, slots=True)
class Told:
    """What a link with a good signature says."""

    slug: str
    nonce: str


def address_to_verify(number: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('verify_number', kwargs={'number': number})}"


def days_of_link() -> int:
    return int(settings.CERTIFICATE_LINK_DAYS)


def token_of(certificate: Certificate, slug: str) -> str:
    return TimestampSigner(salt=SALT).sign_object([slug, certificate.link_nonce])


def address_of(certificate: Certificate, slug: str) -> str:
    path = reverse("own_certificate", kwargs={"token": token_of(certificate, slug)})
    return f"{settings.PORTAL_URL}{path}"


def read(token: str) -> Told | None:
    """None for whatever we have not signed, and for what is too old."""
    age = timedelta(days=days_of_link())
    try:
        return Told(*TimestampSigner(salt=SALT).unsign_object(token, max_age=age))
    except (BadSignature, ValueError, TypeError):
        return None


def claimed(token: str) -> str:
    """What a token says whose signature nobody has looked at: guesses at one share it."""
    return token.partition(":")[0]


@contextmanager
def opened(told: Told, *, request_id: str) -> Iterator[Certificate | None]:
    """Run the block as the organisation; None when the link was replaced or the holder erased."""
    with as_public():
        tenant = Tenant.objects.only("pk").filter(slug=told.slug).first()
    if tenant is None:
        yield None
        return
    with enter_tenant(tenant.pk, request_id=request_id):
        own = Certificate.objects.filter(link_nonce=told.nonce, erased_at=None)
        yield own.select_related("tenant").first()


@contextmanager
def verified(number: str, *, request_id: str) -> Iterator[Certificate | None]:
    """Run the block as the organisation of the certificate with that number; None when there is
    none. Before it is known which, the public role sees the one row of that number."""
    with as_public():
        with connection.cursor() as cursor:
            cursor.execute(PRESENT, [number])
        found = Certificate.objects.only("pk", "tenant_id").filter(number=number).first()
    if found is None:
        yield None
        return
    with enter_tenant(found.tenant_id, request_id=request_id):
        yield Certificate.objects.filter(pk=found.pk).first()
