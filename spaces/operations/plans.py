"""Floor plans: the picture with its scale, and where each space lies on it. Kept by the park's
leads; the tables belong to no organisation, so each operation records what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from backbone.operations import delete_document, store_document
from backbone.operations.documents import nothing_left_behind
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from spaces.models import Box, Floor, FloorPlan, Shape, Space
from spaces.models.plans import WHOLE
from spaces.permissions import permissions
from spaces.plan_pictures import LARGEST_BYTES, PURPOSE, pixels_of
from tenants.trail import record_change

ACTION = "manage_spaces"


class PlanChanged(WrongState):
    """Somebody else saved the plan after it was read."""

    code = "plan_changed"
    message = _(
        "Somebody else has changed this plan in the meantime. Nothing of yours was saved: "
        "open the plan again and repeat what is missing."
    )


def set_plan(
    *,
    actor: Actor,
    now: datetime,
    floor: Floor,
    metres_wide: Decimal,
    file: IO[bytes] | Any | None = None,
    name: str = "",
) -> FloorPlan:
    """Give a floor its picture, PNG, JPEG or WebP, and say how many metres it is wide.

    Without ``file`` the picture stays and only the scale changes. Shapes keep their place on
    another picture. Raises NotPermitted, InvalidInput for a picture that is missing, damaged, of
    another kind, above 20 MB or of too many pixels, and DomainError ``plan_scale``.
    """
    with nothing_left_behind():
        return _set_plan(
            actor=actor, now=now, floor=floor, metres_wide=metres_wide, file=file, name=name
        )


@operation
def _set_plan(
    *, actor: Actor, now: datetime, floor: Floor, metres_wide: Decimal, file: Any, name: str
) -> FloorPlan:
    permissions.require(actor, ACTION)
    Floor.objects.select_for_update().get(pk=floor.pk)
    plan = FloorPlan.objects.select_for_update().filter(floor=floor).first()
    if plan is None and file is None:
        raise InvalidInput(fields={"file": _("Choose the picture of the floor.")})
    plan = plan or FloorPlan(floor=floor, version=0)
    before, replaced = _values(plan), plan.picture if file and plan.pk else None
    plan.metres_wide = metres_wide
    if file is not None:
        stored = store_document(
            actor=actor, now=now, file=file, name=name, purpose=PURPOSE, limit=LARGEST_BYTES
        )
        _put_up(plan, stored)
    plan.version += 1
    plan.save()
    if replaced is not None:
        delete_document(actor=actor, now=now, document=replaced)
    record_change(FloorPlan, plan.pk, before=before, after=_values(plan))
    return plan


@operation
def set_shapes(
    *, actor: Actor, now: datetime, plan: FloorPlan, version: int, shapes: Mapping[int, Box]
) -> FloorPlan:
    """Put these spaces, by key, at these places and take all others off the plan: all or nothing.

    ``version`` is that of the plan as it was read. Raises NotPermitted, PlanChanged where somebody
    else saved it since, InvalidInput for a space that is not on the floor or not in use any more
    and for a box that is not inside the picture.
    """
    permissions.require(actor, ACTION)
    found = FloorPlan.objects.select_for_update().get(pk=plan.pk)
    if found.version != version:
        raise PlanChanged
    spaces = Space.objects.in_use().filter(floor=found.floor_id).in_bulk(list(shapes))
    for pk, box in shapes.items():
        _check(spaces.get(pk), box)
    there = {shape.space_id: shape for shape in found.shapes.select_related("space")}
    before = {shape.space.code: list(shape.box) for shape in there.values()}
    _replace(found, there, shapes)
    found.version += 1
    found.save(update_fields=["version"])
    _record(found, before, {spaces[pk].code: list(box) for pk, box in shapes.items()})
    return found


def _check(space: Space | None, box: Box) -> None:
    if space is None:
        raise InvalidInput(
            _("One of these spaces is not on this floor, or not in use any more."),
            code="not_on_floor",
        )
    inside = 0 <= box.x < box.x + box.width <= WHOLE and 0 <= box.y < box.y + box.height <= WHOLE
    if not inside or not 0 <= box.rotation < 360:
        raise InvalidInput(
            _(
                "%(space)s is not inside the picture: left and width, and top and height, are "
                "whole numbers that come to at most 1000; it is turned by 0 to 359 degrees."
            ),
            code="shape_inside",
            params={"space": str(space)},
        )


def _replace(plan: FloorPlan, there: dict[int, Shape], wanted: Mapping[int, Box]) -> None:
    plan.shapes.filter(space__in=there.keys() - wanted.keys()).delete()
    new = [
        Shape(plan=plan, space_id=pk, **box._asdict())
        for pk, box in wanted.items()
        if pk not in there
    ]
    Shape.objects.bulk_create(new)
    moved = [there[pk] for pk, box in wanted.items() if pk in there and there[pk].box != box]
    for shape in moved:
        for name, value in wanted[shape.space_id]._asdict().items():
            setattr(shape, name, value)
    Shape.objects.bulk_update(moved, list(Box._fields))


def _record(plan: FloorPlan, before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = [code for code in before.keys() | after.keys() if before.get(code) != after.get(code)]
    if changed:
        record_change(
            FloorPlan,
            plan.pk,
            before={code: before.get(code) for code in sorted(changed)},
            after={code: after.get(code) for code in sorted(changed)},
        )


def _put_up(plan: FloorPlan, picture: Document) -> None:
    plan.picture = picture
    plan.pixels_wide, plan.pixels_high = pixels_of(picture.path, picture.content_type)


def _values(plan: FloorPlan) -> dict[str, Any]:
    if plan.pk is None:
        return {}
    return {
        "picture_id": plan.picture_id,
        "pixels": [plan.pixels_wide, plan.pixels_high],
        "metres_wide": str(plan.metres_wide),
    }
