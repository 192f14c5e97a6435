"""A floor with a picture, and rectangles on it."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from foundation.actors import Actor
from spaces.models import Box, Floor, FloorPlan, Shape
from spaces.operations.plans import set_plan, set_shapes
from tenants.isolation.context import STAFF, Identity, enter
from tests.hostile.files import png
from tests.spaces.making import NOW

PICTURE = png(400, 300)
BOX = Box(100, 100, 200, 150)


def hang(actor: Actor, floor: Floor, content: bytes = PICTURE, **values: Any) -> FloorPlan:
    """The picture of a floor, 40 metres wide."""
    known: dict[str, Any] = {"metres_wide": Decimal(40), "name": "floor.png"}
    file = io.BytesIO(content)
    return set_plan(actor=actor, now=NOW, floor=floor, file=file, **(known | values))


def draw(actor: Actor, plan: FloorPlan, shapes: Any, version: int | None = None) -> FloorPlan:
    known = plan.version if version is None else version
    return set_shapes(actor=actor, now=NOW, plan=plan, version=known, shapes=shapes)


def shapes() -> list[tuple[Any, ...]]:
    """Every rectangle and every plan's version, to see that nothing changed."""
    with enter(Identity(STAFF)):
        drawn = Shape.objects.order_by("space").values_list("space", *Box._fields)
        plans = FloorPlan.objects.order_by("pk").values_list("pk", "version", "metres_wide")
        return [*drawn, *plans]
