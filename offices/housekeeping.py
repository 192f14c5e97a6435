"""Daily tidying of one organisation's bookings."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from offices.operations.bookings import settle
from tenants.isolation.context import current_identity


def settle_own(now: datetime) -> None:
    """What is over is written down as such for the organisation that is entered."""
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None
    settle(actor=Actor(user_id=None, tenant_id=tenant_id), now=now)
