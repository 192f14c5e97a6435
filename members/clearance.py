"""What invitations mean for an organisation that leaves the park."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from backbone.events import Event
from foundation.actors import Actor
from foundation.home import Destination
from members.models import Invitation
from tenants.models import Tenant

UNANSWERED = _(
    "Unanswered invitations: %(count)s. They are withdrawn when the organisation leaves."
)


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    waiting = Invitation.objects.filter(tenant=tenant).unanswered().filter(expires_at__gt=now)
    if count := waiting.count():
        yield ClearanceItem(
            "invitations_unanswered",
            UNANSWERED,
            {"count": count},
            blocking=False,
            to=Destination("members:people"),
            staff_to=Destination("admin:members_invitation_changelist", query={"q": tenant.slug}),
        )


def withdraw_invitations(actor: Actor, now: datetime, event: Event) -> None:
    Invitation.objects.filter(tenant_id=event.tenant_id).unanswered().update(withdrawn_at=now)
