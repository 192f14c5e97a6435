"""Drafts: of a new lease, of a renewal, of a change; their terms and units."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from leasing.models import Lease, LeaseState, LeaseUnit, ListPrice, Origin, StepKind
from leasing.operations.rows import lock, lock_draft, note
from leasing.permissions import permissions
from leasing.terms import deposit_of
from residency.numbers import new_number
from residency.spans import next_term
from spaces.models import Space, SpaceType
from tenants.models import Tenant

TERMS = [
    *("starts_on", "ends_on", "period_months", "advance_days", "rent_free_months"),
    *("deposit_months", "index_percent", "index_from", "late_percent", "late_cap"),
    *("terms", "terms_en"),
]
WITHIN = _("The days of a unit lie within those of the lease.")


@operation
def draft_lease(*, actor: Actor, now: datetime, tenant: Tenant, **terms: Any) -> Lease:
    """A new draft without units; ``terms`` are the columns of ``TERMS``.

    Raises NotPermitted, and the refusals of the table's constraints.
    """
    permissions.require(actor, "let_spaces")
    return _made(actor, now, tenant, Origin.NEW, None, _known(terms))


@operation
def change_terms(*, actor: Actor, now: datetime, lease: Lease, **terms: Any) -> Lease:
    """Change the terms of a draft; days of units that lie outside afterwards are cut to it.

    Raises NotPermitted, WrongState, InvalidInput when a unit lies wholly outside.
    """
    permissions.require(actor, "let_spaces")
    own = lock_draft(actor, lease)
    for name, value in _known(terms).items():
        setattr(own, name, value)
    own.last_on = own.ends_on
    for unit in own.units.all():
        if unit.ends_on < own.starts_on or unit.starts_on > own.ends_on:
            raise InvalidInput(WITHIN, code="unit_outside")
        unit.starts_on = max(unit.starts_on, own.starts_on)
        unit.ends_on = min(unit.ends_on, own.ends_on)
        unit.save(update_fields=["starts_on", "ends_on"])
    return _written(actor, now, own)


@operation
def add_unit(
    *,
    actor: Actor,
    now: datetime,
    lease: Lease,
    space: Space,
    price: Decimal,
    area: Decimal | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> LeaseUnit:
    """Put a unit into a draft: by default with its own area and for the whole lease. Nothing is
    held yet. ``price`` is per m² and month, in the lease's currency.

    Raises NotPermitted, WrongState, InvalidInput for days outside of the lease or a space without
    an area, and DomainError ``lease_unit_once``.
    """
    permissions.require(actor, "let_spaces")
    own = lock_draft(actor, lease)
    unit = LeaseUnit(
        tenant_id=own.tenant_id,
        lease=own,
        space=space,
        area=area or space.area or Decimal(0),
        price=price,
        starts_on=starts_on or own.starts_on,
        ends_on=ends_on or own.ends_on,
    )
    _require_within(unit, own)
    unit.save()
    _written(actor, now, own, space.code)
    return unit


@operation
def change_unit(*, actor: Actor, now: datetime, unit: LeaseUnit, **values: Any) -> LeaseUnit:
    """Area, price and days of a unit in a draft. Raises NotPermitted, WrongState, InvalidInput."""
    permissions.require(actor, "let_spaces")
    own = lock_draft(actor, unit.lease)
    for name in ("area", "price", "starts_on", "ends_on"):
        setattr(unit, name, values.get(name, getattr(unit, name)))
    _require_within(unit, own)
    unit.save()
    _written(actor, now, own, unit.space.code)
    return unit


@operation
def remove_unit(*, actor: Actor, now: datetime, unit: LeaseUnit) -> None:
    """Take a unit out of a draft. Raises NotPermitted, WrongState."""
    permissions.require(actor, "let_spaces")
    own = lock_draft(actor, unit.lease)
    code = unit.space.code
    unit.delete()
    _written(actor, now, own, code)


@operation
def renew(*, actor: Actor, now: datetime, lease: Lease) -> Lease:
    """A draft of the term after this one, as long as it, with its terms and units; months free of
    rent are not copied, and a price that has increased stays as it was agreed.

    Raises NotPermitted, WrongState unless it is in force, and DomainError ``lease_followed_once``.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease, LeaseState.EFFECTIVE)
    starts_on, ends_on = next_term(own.starts_on, own.ends_on)
    return _copied(actor, now, own, Origin.RENEWAL, starts_on, ends_on)


@operation
def draft_change(*, actor: Actor, now: datetime, lease: Lease, starts_on: date) -> Lease:
    """A draft that takes this lease's place from ``starts_on`` to its last day, to be changed:
    other units, areas or prices. Until it is in force everything stays as it is.

    Raises NotPermitted, WrongState unless it is in force, InvalidInput for a day that is not
    within it after the first, and DomainError ``lease_followed_once``.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease, LeaseState.EFFECTIVE)
    if not own.starts_on < starts_on <= own.ends_on:
        raise InvalidInput(fields={"starts_on": _("Give a day within the lease after its first.")})
    return _copied(actor, now, own, Origin.CHANGE, starts_on, own.ends_on)


@operation
def set_list_price(
    *,
    actor: Actor,
    now: datetime,
    space_type: SpaceType,
    price: Decimal,
    row: ListPrice | None = None,
) -> ListPrice:
    """What the park asks for a type of space, in CNY per m² and month; leases keep their prices.

    Raises NotPermitted, and DomainError ``list_price_above_zero``.
    """
    permissions.require(actor, "set_list_prices")
    values: dict[str, Any] = {"type": space_type, "price": price}
    if row is None:
        return saved(ListPrice(**values), {})
    return changed(ListPrice.objects.get(pk=row.pk), values)


def _known(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: terms[name] for name in TERMS if name in terms}


def _made(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    origin: str,
    previous: Lease | None,
    terms: dict[str, Any],
) -> Lease:
    lease = Lease.objects.create(
        tenant=tenant,
        number=new_number("L", now),
        origin=origin,
        previous=previous,
        last_on=terms["ends_on"],
        drafted_by_id=actor.user_id,
        created_at=now,
        **terms,
    )
    note(actor, now, lease, StepKind.DRAFTED, previous.number if previous else "")
    return lease


def _copied(
    actor: Actor, now: datetime, own: Lease, origin: str, starts_on: date, ends_on: date
) -> Lease:
    terms = {name: getattr(own, name) for name in TERMS}
    days = {"starts_on": starts_on, "ends_on": ends_on, "rent_free_months": 0}
    made = _made(actor, now, own.tenant, origin, own, {**terms, **days})
    is_renewal = origin == Origin.RENEWAL
    # In a renewal each unit is let for the whole term, in a change for what is left of its days.
    for unit in own.units.filter(ends_on__gte=own.ends_on if is_renewal else starts_on):
        first = starts_on if is_renewal else max(unit.starts_on, starts_on)
        LeaseUnit.objects.create(
            tenant_id=own.tenant_id,
            lease=made,
            space_id=unit.space_id,
            area=unit.area,
            price=unit.price,
            starts_on=first,
            ends_on=ends_on if is_renewal else unit.ends_on,
        )
    made.deposit = deposit_of(made)
    made.save(update_fields=["deposit"])
    return made


def _require_within(unit: LeaseUnit, lease: Lease) -> None:
    if unit.starts_on < lease.starts_on or unit.ends_on > lease.ends_on:
        raise InvalidInput(WITHIN, code="unit_outside")


def _written(actor: Actor, now: datetime, lease: Lease, said: str = "") -> Lease:
    """Whoever wrote last is its drafter; whoever wrote at all does not approve it."""
    lease.deposit = deposit_of(lease)
    lease.drafted_by_id = actor.user_id
    lease.save()
    note(actor, now, lease, StepKind.CHANGED, said)
    return lease
