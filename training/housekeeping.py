"""Hourly tidying of one organisation's seats."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from tenants.isolation.context import current_identity
from training.operations.keeping import lapse


def lapse_own(now: datetime) -> None:
    """Holds and offers that are over lapse for the organisation that is entered."""
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None
    lapse(actor=Actor(user_id=None, tenant_id=tenant_id), now=now)
