"""Daily tidying of one organisation's leases."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from leasing.models import Lease, LeaseState
from leasing.operations.charging import charge_due
from leasing.operations.following import end_if_over
from tenants.isolation.context import current_identity


def keep_own(now: datetime) -> None:
    """Rent that is due soon is charged, and a lease that another one has followed is ended.

    Twice is once: a period is charged one time, and what has ended is not in force. A check-out
    that is late keeps its units without this: their rows have no end.
    """
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None
    system = Actor(user_id=None, tenant_id=tenant_id)
    rows = Lease.objects.visible_to(system).in_force().select_for_update(of=("self",))
    for lease in rows.select_related("tenant", "previous").order_by("pk"):
        charge_due(lease, now)
        if lease.state == LeaseState.ENDING:
            end_if_over(system, now, lease)
