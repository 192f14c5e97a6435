"""What beat starts for billing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from backbone.tasking import global_task
from billing.models import Invoice
from billing.operations.late_fees import charge_late
from billing.operations.reminding import remind
from foundation.actors import Actor
from tenants.isolation.context import as_system, enter_tenant
from tenants.models import Tenant

logger = logging.getLogger(__name__)


@global_task("billing.remind")
def remind_of_bills() -> None:
    """Reminders, then late fees; every hour, since each is sent and charged once however often it
    runs."""
    now = timezone.now()
    for_debtors(remind, now)
    for_debtors(charge_late, now)


def for_debtors(work: Callable[..., Any], now: datetime) -> None:
    """In each organisation of the park that has an open bill, in a transaction of its own; nobody
    waits for the trouble of another."""
    with as_system():
        owing = Invoice.objects.open().values("tenant_id")
        found = Tenant.objects.filter(pk__in=owing, left_at=None).order_by("pk")
        tenants = list(found.values_list("pk", flat=True))
    for tenant_id in tenants:
        try:
            with enter_tenant(tenant_id):
                work(actor=Actor(user_id=None, tenant_id=tenant_id), now=now)
        except Exception:
            logger.exception("organisation %s was left out: %s", tenant_id, work.__name__)
