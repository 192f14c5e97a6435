"""What API keys mean for an organisation that leaves the park."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from backbone.events import Event
from foundation.actors import Actor
from foundation.home import Destination
from gateway.models import ApiKey
from tenants.models import Tenant

KEYS = _("API keys in force: %(count)s. They are revoked when the organisation leaves.")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    """Programs stop when the organisation leaves: somebody may want to know before."""
    if keys := ApiKey.objects.filter(tenant=tenant).in_force(now).count():
        yield ClearanceItem(
            "keys_in_force",
            KEYS,
            {"count": keys},
            blocking=False,
            to=Destination("gateway:keys"),
        )


def revoke_keys(actor: Actor, now: datetime, event: Event) -> None:
    ApiKey.objects.filter(tenant_id=event.tenant_id).in_force(now).update(revoked_at=now)
