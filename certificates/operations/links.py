"""The personal link, with which a holder without an account has the certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from certificates.models import Certificate, new_nonce
from certificates.operations.ending import locked
from certificates.permissions import permissions
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from tenants.trail import record_link


@operation
def make_personal_link(*, actor: Actor, now: datetime, certificate: Certificate) -> Certificate:
    """A new link for the holder; the one before opens nothing any more.

    The trail keeps who made it and until when it works. Raises NotPermitted, and WrongState for a
    certificate that was not issued here or whose holder was erased.
    """
    permissions.require(actor, "hand_out_certificates")
    own = locked(actor, certificate)
    if not own.is_verifiable or own.erased_at is not None:
        raise WrongState
    own.link_nonce = new_nonce()
    own.save(update_fields=["link_nonce"])
    until = now + timedelta(days=settings.CERTIFICATE_LINK_DAYS)
    record_link(Certificate, own.pk, after={"until": until.isoformat(timespec="seconds")})
    return own
