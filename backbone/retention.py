"""Personal data that goes when its time is over. The times are rows (``RetentionRule``).

An app registers what it keeps about people and how that is erased; the park's staff say in the
staff site how long each is kept and by which rule. What nobody has a rule for is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from foundation.actors import Actor
from foundation.errors import Sentence

# Erases what became due before the moment, inside the actor's organisation; returns how many.
Eraser = Callable[[Actor, datetime], int]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """``counted_from`` says in words from when the time runs, for whoever sets the rule."""

    code: str
    label: Sentence
    counted_from: Sentence
    erase: Eraser


_kept: dict[str, PersonalData] = {}


def register_personal_data(kept: PersonalData) -> None:
    _kept[kept.code] = kept


def personal_data() -> list[PersonalData]:
    return list(_kept.values())


def personal_data_of(code: str) -> PersonalData | None:
    return _kept.get(code)
