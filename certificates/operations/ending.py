"""What becomes of a certificate that was wrong: revoked, or replaced by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from certificates.models import Certificate, CertificateKind, CertificateState
from certificates.numbers import new_number
from certificates.permissions import permissions
from foundation.actors import Actor
from foundation.operations import operation

# What a replacement may say differently; the rest is taken over from the one it stands for.
CORRECTABLE = [
    *("holder_name", "holder_latin_name", "holder_id", "course_zh", "course_en"),
    *("grade", "expires_on"),
]
TAKEN_OVER = [
    *("tenant_id", "kind", "given_number", "minutes", "minutes_per_hour", "started_on"),
    *("ended_on", "issuer_zh", "issuer_en", "rule", "evidence", "source_type", "source_id"),
    *CORRECTABLE,
]


@operation
def revoke(*, actor: Actor, now: datetime, certificate: Certificate, reason: str) -> Certificate:
    """It does not hold any more, and whoever verifies it is told so, with the reason and the day.

    Its number is never used again. Raises NotPermitted, WrongState, and DomainError
    ``certificate_ended_with_reason`` without a reason.
    """
    permissions.require(actor, "end_certificates")
    own = locked(actor, certificate)
    return _end(actor, now, own, CertificateState.REVOKED, reason)


@operation
def replace(
    *, actor: Actor, now: datetime, certificate: Certificate, reason: str, **corrected: Any
) -> Certificate:
    """Issue another one in its place, with what was wrong ``corrected`` (see CORRECTABLE), and
    lead whoever verifies the old one to the new.

    Raises NotPermitted, WrongState, DomainError as ``revoke`` and ``issue`` do.
    """
    permissions.require(actor, "end_certificates")
    own = locked(actor, certificate)
    _end(actor, now, own, CertificateState.REPLACED, reason)
    known = {name: getattr(own, name) for name in TAKEN_OVER}
    known |= {name: value for name, value in corrected.items() if name in CORRECTABLE}
    is_ours = own.kind == CertificateKind.TRAINING
    return Certificate.objects.create(
        **known,
        number=new_number(own.issued_on) if is_ours else None,
        issued_on=own.issued_on,
        replaces=own,
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )


def locked(actor: Actor, certificate: Certificate) -> Certificate:
    """The row as it is now, held until the transaction ends. Raises Certificate.DoesNotExist."""
    visible = Certificate.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.get(pk=certificate.pk)


def _end(actor: Actor, now: datetime, own: Certificate, state: str, reason: str) -> Certificate:
    own.move_to(state)
    own.reason, own.ended_at, own.ended_by_id = reason.strip(), now, actor.user_id
    own.save(update_fields=["state", "reason", "ended_at", "ended_by"])
    return own
