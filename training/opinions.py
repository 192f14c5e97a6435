"""What learners thought of a session: averages, how many said what, and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from foundation.errors import Sentence
from training.models import Feedback, Session

ASKED = ("content", "teaching", "value")


@dataclass(frozen=True, slots=True)
class Question:
    """``marks`` has for each from 5 down how many gave it."""

    name: str
    label: Sentence
    marks: list[tuple[int, int]]

    @property
    def count(self) -> int:
        return sum(number for _mark, number in self.marks)

    @property
    def average(self) -> Decimal | None:
        """To a tenth; nothing where nobody has said anything."""
        total = sum(mark * number for mark, number in self.marks)
        return round(Decimal(total) / self.count, 1) if self.count else None


def questions(session: Session) -> list[Question]:
    return [_question(session, name) for name in ASKED]


def _question(session: Session, name: str) -> Question:
    grouped: Any = rows_of(session).order_by().values_list(name)
    numbers = dict(grouped.annotate(Count("pk")))
    label = Feedback._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Question(name, label, [(mark, numbers.get(mark, 0)) for mark in range(5, 0, -1)])


def chosen(said: Mapping[str, str]) -> tuple[str, int] | None:
    """The number that was pressed: of which question which mark."""
    for name in ASKED:
        if said.get(name) in ("1", "2", "3", "4", "5"):
            return name, int(said[name])
    return None


def rows_of(session: Session, only: tuple[str, int] | None = None) -> QuerySet[Feedback]:
    """One query counts and lists."""
    rows = Feedback.objects.filter(seat__session=session)
    rows = rows.filter(**{only[0]: only[1]}) if only else rows
    return rows.select_related("tenant").order_by("-at", "-pk")
