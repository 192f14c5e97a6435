"""Markers: words that one organisation's rows hold and nobody else's may show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``stem`` stands in names, slugs and addresses; ``stem`` and a word in everything else.

    So a page that only names the organisation in its frame is told from one that shows rows.
    """

    stem: str

    def word(self, of: str) -> str:
        """The marker of one kind of text: ``zq7ambersku``. Short enough for every column."""
        return f"{self.stem}{of}"

    @property
    def slug(self) -> str:
        return f"{self.stem}-works"

    def names_in(self, text: str) -> bool:
        return self.stem in text.lower()

    def words_in(self, text: str) -> set[str]:
        """The markers of rows: the stem with a word behind it."""
        return set(re.findall(rf"{self.stem}[a-z]+", text.lower()))


AMBER, BIRCH, CEDAR, PARK = (Mark(f"zq7{name}") for name in ("amber", "birch", "cedar", "delta"))
ALL = (AMBER, BIRCH, CEDAR, PARK)
STEM = re.compile("|".join(mark.stem for mark in ALL), re.IGNORECASE)


def foreign(text: str, own: Iterable[Mark]) -> set[str]:
    """The markers in ``text`` that belong to somebody else, with a little of what follows."""
    others = [mark.stem for mark in ALL if mark not in set(own)]
    return (
        set(re.findall(rf"(?:{'|'.join(others)})[a-z]*(?:-[a-z]+)?", text.lower()))
        if others
        else set()
    )
