"""The tree of spaces: buildings, floors, types, spaces. Kept by the park's leads.

The tables belong to no organisation, so each operation records in the trail itself what it changed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from spaces.locks import lock_spaces
from spaces.models import Building, Floor, Space, SpaceKind, SpaceType
from spaces.permissions import permissions
from spaces.queries import busy, peak

ACTION = "manage_spaces"


class StillTaken(WrongState):
    """Somebody has it, now or later."""

    code = "space_still_taken"
    message = _("%(space)s is taken now or later. End that first.")


@operation
def add_building(
    *, actor: Actor, now: datetime, code: str, name_zh: str, name_en: str, position: int = 0
) -> Building:
    """Raises NotPermitted, and DomainError ``building_code_once``."""
    permissions.require(actor, ACTION)
    made = Building(code=code, name_zh=name_zh, name_en=name_en, position=position)
    return saved(made, {})


@operation
def change_building(*, actor: Actor, now: datetime, building: Building, **values: Any) -> Building:
    """``values``: code, name_zh, name_en, position. Raises NotPermitted, and DomainError
    ``building_code_once``."""
    permissions.require(actor, ACTION)
    return changed(Building.objects.get(pk=building.pk), values)


@operation
def add_floor(
    *, actor: Actor, now: datetime, building: Building, level: int, name_zh: str, name_en: str
) -> Floor:
    """Raises NotPermitted, and DomainErrors ``floor_level_once`` and ``floor_level_counts``."""
    permissions.require(actor, ACTION)
    return saved(Floor(building=building, level=level, name_zh=name_zh, name_en=name_en), {})


@operation
def change_floor(*, actor: Actor, now: datetime, floor: Floor, **values: Any) -> Floor:
    """``values``: level, name_zh, name_en. Raises NotPermitted, and DomainErrors
    ``floor_level_once`` and ``floor_level_counts``."""
    permissions.require(actor, ACTION)
    return changed(Floor.objects.get(pk=floor.pk), values)


@operation
def add_type(
    *, actor: Actor, now: datetime, code: str, name_zh: str, name_en: str, position: int = 0
) -> SpaceType:
    """Raises NotPermitted, and DomainError ``space_type_code_once``."""
    permissions.require(actor, ACTION)
    made = SpaceType(code=code, name_zh=name_zh, name_en=name_en, position=position)
    return saved(made, {})


@operation
def change_type(*, actor: Actor, now: datetime, type: SpaceType, **values: Any) -> SpaceType:  # noqa: A002
    """``values``: code, name_zh, name_en, position. Raises NotPermitted, and DomainError
    ``space_type_code_once``."""
    permissions.require(actor, ACTION)
    return changed(SpaceType.objects.get(pk=type.pk), values)


@operation
def add_space(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    type: SpaceType,  # noqa: A002
    code: str,
    name_zh: str,
    name_en: str,
    floor: Floor | None = None,
    parent: Space | None = None,
    area: Decimal | None = None,
    quantity: int = 1,
    lets_by_lease: bool = False,
    lets_by_hour: bool = False,
    counts_in_statistics: bool = True,
) -> Space:
    """Add a space; ``area`` in m². A desk lies on the floor of its unit.

    Raises NotPermitted, InvalidInput for a parent that is no unit, StillTaken for a desk of a unit
    that is taken now or later (its holder would not have the new desk), and DomainErrors
    ``space_code_once``, ``space_has_floor``, ``space_desk_has_unit``, ``space_area_known``,
    ``space_unit_is_one``, ``space_exclusive_means_one``.
    """
    permissions.require(actor, ACTION)
    if parent is not None:
        floor = _unit_for_desk(parent, now).floor
    made = Space(
        kind=kind,
        type=type,
        code=code.strip(),
        name_zh=name_zh,
        name_en=name_en,
        floor=floor,
        parent=parent,
        area=area,
        quantity=quantity,
        is_exclusive=quantity == 1,
        lets_by_lease=lets_by_lease,
        lets_by_hour=lets_by_hour,
        counts_in_statistics=counts_in_statistics,
    )
    return saved(made, {})


@operation
def change_space(*, actor: Actor, now: datetime, space: Space, **values: Any) -> Space:
    """``values``: type, code, name_zh, name_en, area, quantity, lets_by_lease, lets_by_hour,
    counts_in_statistics. Kind and place stay: retire it and add another.

    Raises NotPermitted, WrongState once it is retired, StillTaken where more is taken now or later
    than ``quantity``, DomainErrors ``occupancy_exclusive_as_space`` where something that was taken
    as one piece should become several or the other way round, and those of ``add_space``.
    """
    permissions.require(actor, ACTION)
    lock_spaces([space])
    found = Space.objects.get(pk=space.pk)
    if found.retired_at is not None:
        raise WrongState
    quantity = values.get("quantity", found.quantity)
    if quantity < found.quantity and peak(_ahead(found, now)) > quantity:
        raise StillTaken(params={"space": str(found)})
    return changed(found, {**values, "is_exclusive": quantity == 1})


@operation
def retire_space(*, actor: Actor, now: datetime, space: Space) -> Space:
    """It is not in use any more; what happened in it stays on record.

    Raises NotPermitted, WrongState when it is retired already, StillTaken, and DomainError
    ``space_has_desks`` for a unit with desks in use.
    """
    permissions.require(actor, ACTION)
    lock_spaces([space])
    found = Space.objects.get(pk=space.pk)
    if found.retired_at is not None:
        raise WrongState
    _require_free(found, now)
    if found.desks.in_use().exists():
        raise DomainError(
            _("Desks of %(space)s are in use. Retire them first."),
            code="space_has_desks",
            params={"space": str(found)},
        )
    return changed(found, {"retired_at": now})


@operation
def restore_space(*, actor: Actor, now: datetime, space: Space) -> Space:
    """It is in use again. Raises NotPermitted, WrongState when it is not retired, and for a desk
    what ``add_space`` raises of its unit."""
    permissions.require(actor, ACTION)
    lock_spaces([space])
    found = Space.objects.get(pk=space.pk)
    if found.retired_at is None:
        raise WrongState
    if found.parent is not None:
        _unit_for_desk(found.parent, now)
    return changed(found, {"retired_at": None})


def _unit_for_desk(parent: Space, now: datetime) -> Space:
    """The unit, locked, if a desk may be put into it."""
    lock_spaces([parent])
    unit = Space.objects.select_related("floor").get(pk=parent.pk)
    if unit.kind != SpaceKind.UNIT or unit.retired_at is not None:
        raise InvalidInput(fields={"parent": _("Choose a unit that is in use.")})
    _require_free(unit, now)
    return unit


def _require_free(space: Space, now: datetime) -> None:
    if _ahead(space, now):
        raise StillTaken(params={"space": str(space)})


def _ahead(space: Space, now: datetime) -> list[Any]:
    return list(busy(spaces=[space], start=now, end=None, now=now))
