"""One floor as its staff see it: each space with its state, who has it and where it lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.money import round_half_up
from spaces.models import Floor, FloorPlan, Occupancy, Shape, Space
from spaces.models.plans import WHOLE
from spaces.queries import WEIGHT, Busy, SpaceState, day_span, peak, state_of

MOMENT = timedelta(microseconds=1)
# What staff are shown; of others' rows they see the state itself.
SHOWN = tuple(state for state in SpaceState if state != SpaceState.TAKEN)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape in the units of the drawing, which is 1000 wide and as high as the picture is."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    rotation: int

    @property
    def middle_x(self) -> Decimal:
        return self.x + self.width / 2

    @property
    def middle_y(self) -> Decimal:
        return self.y + self.height / 2

    @property
    def letters(self) -> Decimal:
        """How high letters may be so that a code of eight fits."""
        return max(min(self.width / 5, self.height / 2, Decimal(18)), Decimal(4))


@dataclass(frozen=True, slots=True)
class Line:
    """A space and what it is at the time that was asked for. ``taken`` counts where there are
    several of it; ``holders`` are the organisations that have it, the park for what it closed."""

    space: Space
    state: SpaceState
    rows: tuple[Occupancy, ...]
    # The row that makes the state what it is.
    weightiest: Occupancy | None
    taken: int
    drawn: Drawn | None

    @property
    def holders(self) -> str:
        return ", ".join(dict.fromkeys(row.tenant.display_name for row in self.rows))

    @property
    def until(self) -> str:
        """The last day, or the minute where it does not end at midnight; "" without an end."""
        end = self.weightiest.last_moment if self.weightiest else None
        return last_day_or_minute(end) if end else ""

    @property
    def is_open_ended(self) -> bool:
        return self.weightiest is not None and self.weightiest.last_moment is None

    @property
    def words(self) -> str:
        """Everything about it in one sentence, for whoever does not see the colour."""
        parts = [str(self.space), str(self.state.label)]
        if self.space.quantity > 1:
            parts.append(_("%(taken)s of %(all)s taken") % self.counted)
        return ", ".join([*parts, *([self.holders] if self.holders else [])])

    @property
    def counted(self) -> dict[str, int]:
        return {"taken": self.taken, "all": self.space.quantity}


@dataclass(frozen=True, slots=True)
class FloorNow:
    floor: Floor
    plan: FloorPlan | None
    lines: list[Line]

    @property
    def legend(self) -> list[tuple[SpaceState, int]]:
        counts = Counter(line.state for line in self.lines)
        return [(state, counts[state]) for state in SHOWN]

    @property
    def drawn(self) -> list[Line]:
        return [line for line in self.lines if line.drawn]

    @property
    def height(self) -> Decimal:
        """Of the drawing, which is 1000 wide."""
        assert self.plan is not None
        return round_half_up(WHOLE * self.ratio, 2)

    @property
    def ratio(self) -> Decimal:
        return ratio_of(self.plan)


def ratio_of(plan: FloorPlan | None) -> Decimal:
    return Decimal(plan.pixels_high) / plan.pixels_wide if plan else Decimal(1)


def floor_at(*, actor: Actor, floor: Floor, day: date | None, now: datetime) -> FloorNow:
    """The floor at this moment, or on a day of the park's calendar. Three reads, however many
    spaces there are."""
    start, end = day_span(day) if day else (now, now + MOMENT)
    plan = FloorPlan.objects.filter(floor=floor).select_related("picture").first()
    spaces = Space.objects.in_use().filter(floor=floor).select_related("shape")
    rows = Occupancy.objects.visible_to(actor).standing(now).overlapping(start, end)
    rows = rows.filter(space__floor=floor).select_related("tenant").order_by("during", "pk")
    by_space: dict[int, list[Occupancy]] = {}
    for row in rows:
        by_space.setdefault(row.space_id, []).append(row)
    ratio = ratio_of(plan)
    lines = [_line(space, by_space.get(space.pk, []), start, ratio) for space in spaces]
    return FloorNow(floor, plan, sorted(lines, key=lambda line: line.space.code))


def last_day_or_minute(end: datetime) -> str:
    local = timezone.localtime(end)
    if local.time() == time.min:
        return f"{local.date() - timedelta(days=1):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def _line(space: Space, rows: list[Occupancy], at: datetime, ratio: Decimal) -> Line:
    spans = [Busy(row.space_id, row.starts_at, row.ends_at, row.amount) for row in rows]
    taken = peak(spans)
    states = [(state_of(row, at), row) for row in rows]
    state, row = max(states, key=lambda each: WEIGHT[each[0]], default=(SpaceState.FREE, None))
    if taken < space.quantity:
        state = SpaceState.FREE
    shape: Shape | None = getattr(space, "shape", None)
    return Line(space, state, tuple(rows), row, taken, _drawn(shape, ratio) if shape else None)


def _drawn(shape: Shape, ratio: Decimal) -> Drawn:
    return Drawn(
        Decimal(shape.x),
        round_half_up(shape.y * ratio, 2),
        Decimal(shape.width),
        round_half_up(shape.height * ratio, 2),
        shape.rotation,
    )


def places(lines: Iterable[Line]) -> dict[str, list[int]]:
    """Where each space lies, by code, in thousandths: what the editor begins with."""
    return {line.space.code: list(line.space.shape.box) for line in lines if line.drawn}
