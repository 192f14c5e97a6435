"""The demo park's facts and targets; invented, after the size of real parks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from foundation.actors import Actor
from reporting import operations
from reporting.models import Metric, Target
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant

SPAN = (date(2024, 1, 1), date(2028, 12, 31))
SOURCE = "园区五年发展方案（演示） / Five-year plan (demo)"
TARGETS = [
    (Metric.ENTERPRISES, Target.Measure.STANDING, Decimal(100)),
    (Metric.START_UPS, Target.Measure.STANDING, Decimal(400)),
    (Metric.EXPORTS, Target.Measure.CUMULATIVE, Decimal(16000000000)),
]


def seed(now: datetime) -> bool:
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    actor = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
    with enter(Identity(STAFF, park.pk)):
        if Target.objects.exists():
            return False
        operations.describe_park(actor=actor, now=now, floor_area=Decimal(14000), opened_on=SPAN[0])
        for metric, measure, value in TARGETS:
            operations.set_target(
                actor=actor,
                now=now,
                metric=metric,
                measure=measure,
                value=value,
                starts_on=SPAN[0],
                ends_on=SPAN[1],
                source=SOURCE,
            )
    return True
