"""Park staff read an enterprise's order rows only while it consents, and it sees each look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from foundation.operations import operation
from trade.models import RowAccess, RowConsent
from trade.permissions import permissions


@operation
def consent_to_row_access(
    *, actor: Actor, now: datetime, starts_on: date, ends_on: date
) -> RowConsent:
    """Let park staff read the organisation's order rows on these days, both included.

    Raises InvalidInput for days in the past or in the wrong order.
    """
    permissions.require(actor, "consent_to_row_access")
    if ends_on < max(starts_on, timezone.localdate(now)):
        raise InvalidInput(
            fields={"ends_on": _("The last day lies before the first or in the past.")}
        )
    return RowConsent.objects.create(
        tenant_id=actor.tenant_id,
        granted_by_id=_person(actor),
        granted_at=now,
        starts_on=starts_on,
        ends_on=ends_on,
    )


@operation
def end_row_access(*, actor: Actor, now: datetime, consent: RowConsent) -> RowConsent:
    """Take a consent back at once. Raises WrongState when that was done already."""
    permissions.require(actor, "consent_to_row_access")
    own = RowConsent.objects.visible_to(actor).select_for_update().get(pk=consent.pk)
    if own.revoked_at is not None:
        raise WrongState
    own.revoked_at = now
    own.save()
    return own


@operation
def look_at_rows(
    *, actor: Actor, now: datetime, tenant_id: int, purpose: str, looked_at: dict[str, Any]
) -> Actor:
    """Record that a member of staff looks at an organisation's rows; gives the actor to read with.

    ``looked_at`` are the filters of the page. Raises NotPermitted without the role and DomainError
    ``no_consent`` where the organisation has not agreed, or not for today.
    """
    permissions.require(actor, "read_rows_by_consent")
    if not purpose.strip():
        raise InvalidInput(fields={"purpose": _("Say what for; the organisation reads it.")})
    today = timezone.localdate(now)
    # The lock makes a look and the end of the consent take turns.
    consent = (
        RowConsent.objects.select_for_update()
        .filter(tenant_id=tenant_id, starts_on__lte=today, ends_on__gte=today, revoked_at=None)
        .order_by("-ends_on")
        .first()
    )
    if consent is None:
        raise DomainError(
            _("The organisation has not agreed that its order rows are read."), code="no_consent"
        )
    RowAccess.objects.create(
        tenant_id=tenant_id,
        consent=consent,
        user_id=_person(actor),
        at=now,
        purpose=purpose.strip()[:200],
        looked_at=looked_at,
    )
    return replace(actor, tenant_id=tenant_id)


def _person(actor: Actor) -> int:
    """Agreeing and looking are done by people, never by the system."""
    if actor.user_id is None:
        raise NotPermitted
    return actor.user_id
