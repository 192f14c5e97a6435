"""What is taught and by whom. Kept by the park's training centre.

The tables belong to no organisation, so each operation records in the trail itself what it changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from training.models import Course, CoursePrerequisite, FundingLine, Programme, Trainer
from training.permissions import permissions

ACTION = "manage_catalogue"
Kept = TypeVar("Kept", Programme, Course, Trainer, FundingLine)
Retired = TypeVar("Retired", Programme, Course, Trainer)


@operation
def keep_programme(
    *, actor: Actor, now: datetime, programme: Programme | None = None, **values: Any
) -> Programme:
    """Add one, or change ``programme``. ``values``: code, name_zh, name_en, description_zh,
    description_en, position. Raises NotPermitted, DomainError ``programme_code_once``."""
    return _kept(actor, Programme, programme, values)


@operation
def keep_course(
    *,
    actor: Actor,
    now: datetime,
    course: Course | None = None,
    required: Iterable[Course] | None = None,
    **values: Any,
) -> Course:
    """Add one, or change ``course``; ``required`` are the courses to have passed before it. What is
    open already keeps the rule that it opened with. ``price`` in CNY.

    Raises NotPermitted and the refusals of the constraints of Course and CoursePrerequisite.
    """
    kept = _kept(actor, Course, course, values)
    if required is not None:
        _require(kept, {each.pk for each in required})
    return kept


def _require(course: Course, wanted: set[int]) -> None:
    rows = {row.required_id: row for row in course.required_rows.all()}
    course.required_rows.filter(required__in=rows.keys() - wanted).delete()
    for pk in sorted(wanted - rows.keys()):
        saved(CoursePrerequisite(course=course, required_id=pk), {})


@operation
def keep_trainer(
    *, actor: Actor, now: datetime, trainer: Trainer | None = None, **values: Any
) -> Trainer:
    """Add one, or change ``trainer``. ``values``: name_zh, name_en, title_zh, title_en. Raises
    NotPermitted."""
    return _kept(actor, Trainer, trainer, values)


@operation
def keep_funding_line(
    *, actor: Actor, now: datetime, line: FundingLine | None = None, **values: Any
) -> FundingLine:
    """Add one, or change ``line``. ``values``: code, name, seats, starts_on, ends_on. Fewer seats
    than are given already only keep further ones out. Raises NotPermitted, DomainErrors
    ``funding_line_code_once``, ``funding_line_span``."""
    return _kept(actor, FundingLine, line, values)


@operation
def retire(*, actor: Actor, now: datetime, row: Retired) -> Retired:
    """Nothing new is made of it; what there is stays. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    fresh = type(row).objects.get(pk=row.pk)
    if fresh.retired_at is not None:
        raise WrongState
    return changed(fresh, {"retired_at": now})


def _kept(actor: Actor, model: type[Kept], row: Kept | None, values: dict[str, Any]) -> Kept:
    permissions.require(actor, ACTION)
    if row is None:
        return saved(model(**values), {})
    return changed(model.objects.get(pk=row.pk), values)
