"""Once a day: holds whose time is over end for the record, and the month has its row."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from ledger.operations.holds import lapse_overdue
from ledger.operations.periods import make_periods
from tenants.isolation.context import as_system, current_identity
from tenants.kinds import TenantKind
from tenants.models import Tenant


def tidy(now: datetime) -> None:
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None, "tidying runs inside each organisation"
    actor = Actor(user_id=None, tenant_id=tenant_id)
    lapse_overdue(actor=actor, now=now)
    if Tenant.objects.filter(pk=tenant_id, kind=TenantKind.OPERATOR).exists():
        with as_system():
            make_periods(actor=actor, now=now)
