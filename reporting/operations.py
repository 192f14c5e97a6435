"""Every write of the park's own figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from backbone.models import Job
from backbone.operations import start_job
from foundation.actors import Actor
from foundation.operations import operation
from reporting.models import ParkProfile, Target
from reporting.permissions import permissions


@operation
def describe_park(
    *, actor: Actor, now: datetime, floor_area: Decimal, opened_on: date
) -> ParkProfile:
    """State the park's floor area (m²) and opening day; replaces what was there."""
    permissions.require(actor, "set_target")
    profile, _made = ParkProfile.objects.update_or_create(
        tenant_id=actor.tenant_id, defaults={"floor_area": floor_area, "opened_on": opened_on}
    )
    return profile


@operation
def set_target(
    *,
    actor: Actor,
    now: datetime,
    metric: str,
    measure: str,
    value: Decimal,
    starts_on: date,
    ends_on: date,
    source: str,
    target: Target | None = None,
) -> Target:
    """Set a target, or change ``target``. Amounts of money are in CNY.

    Raises a DomainError when the same figure has a target from the same day by the same
    measure, when the span is empty or the value not positive.
    """
    permissions.require(actor, "set_target")
    own = Target.objects.select_for_update().filter(tenant_id=actor.tenant_id)
    kept = own.get(pk=target.pk) if target else Target()
    kept.tenant_id = actor.tenant_id
    kept.metric, kept.measure, kept.value = metric, measure, value
    kept.starts_on, kept.ends_on, kept.source = starts_on, ends_on, source
    kept.save()
    return kept


@operation
def request_brief(*, actor: Actor, now: datetime) -> Job:
    """Queue the park brief of today; the job's result is the stored PDF."""
    permissions.require(actor, "make_brief")
    return start_job(actor=actor, now=now, kind="reporting.park_brief", payload={})
