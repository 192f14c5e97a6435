"""Daily tidying of one organisation's part of the ledger."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from spaces.operations.occupancy import lapse
from tenants.isolation.context import current_identity


def lapse_own(now: datetime) -> None:
    """Expired holds of the organisation that is entered are marked as lapsed."""
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None
    lapse(actor=Actor(user_id=None, tenant_id=tenant_id), now=now)
