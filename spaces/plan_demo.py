"""Plans of the demo park's floors: drawn here from the areas of their spaces, with a corridor."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate

from foundation.actors import Actor
from spaces.models import Box, Floor, FloorPlan, Space
from spaces.models.plans import WHOLE
from spaces.operations.plans import set_plan, set_shapes
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant

WIDE, HIGH = 1200, 640
METRES = Decimal(60)
# In thousandths of the picture: the outer wall, and the rows on both sides of the corridor.
LEFT, RIGHT = 30, 970
ROWS = ((50, 390), (560, 390))
WHITE, WALL = b"\xff", b"\x40"


def seed(now: datetime) -> bool:
    """Hang a plan on every floor that has spaces; False when there are plans."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    with enter(Identity(STAFF, park.pk)):
        if FloorPlan.objects.exists():
            return False
        actor = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
        for floor in Floor.objects.all():
            _hang(actor, now, floor)
    return True


def _hang(actor: Actor, now: datetime, floor: Floor) -> None:
    spaces = list(Space.objects.in_use().filter(floor=floor, parent=None).order_by("code"))
    if not spaces:
        return
    boxes = dict(_boxes(spaces))
    plan = set_plan(
        actor=actor,
        now=now,
        floor=floor,
        metres_wide=METRES,
        file=io.BytesIO(picture_of(list(boxes.values()))),
        name=f"floor-{floor.pk}.png",
    )
    set_shapes(actor=actor, now=now, plan=plan, version=plan.version, shapes=boxes)


def _boxes(spaces: Sequence[Space]) -> Iterator[tuple[int, Box]]:
    """Half of the spaces on each side, as wide as their areas ask for."""
    half = (len(spaces) + 1) // 2
    for side, (top, height) in zip((spaces[:half], spaces[half:]), ROWS, strict=True):
        areas = [space.area or Decimal(10) for space in side]
        ends = [int(end * (RIGHT - LEFT) / sum(areas)) for end in accumulate(areas)]
        for space, start, end in zip(side, [0, *ends], ends, strict=False):
            yield space.pk, Box(LEFT + start, top, end - start, height)


def picture_of(boxes: Sequence[Box]) -> bytes:
    """A PNG in grey with a wall around each box."""
    lines = [bytearray(WHITE * WIDE) for _each in range(HIGH)]
    for box in boxes:
        left, right = box.x * WIDE // WHOLE, (box.x + box.width) * WIDE // WHOLE
        top, below = box.y * HIGH // WHOLE, (box.y + box.height) * HIGH // WHOLE
        for edge in (top, below):
            for line in lines[edge - 1 : edge + 1]:
                line[left:right] = WALL * (right - left)
        for line in lines[top:below]:
            line[left - 1 : left + 1] = line[right - 1 : right + 1] = WALL * 2
    data = zlib.compress(b"".join(b"\0" + line for line in lines))
    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND")


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
