"""The demo's months: what the park's day makes of them at night is there from the start."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from ledger.operations.periods import make_periods
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant


def seed(now: datetime) -> bool:
    """False when no month is new."""
    with enter(Identity(STAFF)):
        system = Actor(user_id=None, tenant_id=Tenant.objects.operator().pk)
        return make_periods(actor=system, now=now) > 0
