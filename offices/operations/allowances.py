"""What the park grants an organisation each month."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from foundation.actors import Actor
from foundation.operations import operation
from offices.models import Allowance
from offices.permissions import permissions
from spaces.models import SpaceType
from tenants import standing
from tenants.models import Tenant


@operation
def grant_allowance(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    type: SpaceType,  # noqa: A002
    minutes: int,
    starts_on: date,
    ends_on: date | None = None,
    hour_price: Decimal | None = None,
) -> Allowance:
    """So many minutes of every month; a later one of the same type takes its place. Bookings that
    are made already keep their price. ``hour_price`` in CNY.

    Raises NotPermitted, ``HasLeft``, DomainErrors ``allowance_once`` and ``allowance_span``.
    """
    permissions.require(actor, "grant_allowances")
    standing.require_present(tenant.pk)
    return Allowance.objects.create(
        tenant=tenant,
        type=type,
        minutes=minutes,
        starts_on=starts_on,
        ends_on=ends_on,
        hour_price=hour_price,
    )


@operation
def end_allowance(*, actor: Actor, now: datetime, allowance: Allowance, ends_on: date) -> Allowance:
    """Its last day. Raises NotPermitted, DomainError ``allowance_span``."""
    permissions.require(actor, "grant_allowances")
    own = Allowance.objects.select_for_update(of=["self"]).get(pk=allowance.pk)
    own.ends_on = ends_on
    own.save(update_fields=["ends_on"])
    return own
