"""Reason codes of rows kept out, and the sentences people read for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from foundation.tables.normalise import PROBLEMS
from trade.pipeline.rules import REJECT_REASONS, SKIP_REASONS, TARGETS


@dataclass(frozen=True)
class Problem:
    """One reason, as it stands in a verdict: how many rows it keeps out, and the first of them."""

    verdict: str
    count: int
    first_line: int

    @property
    def is_rejection(self) -> bool:
        return self.verdict.startswith("rejected:")

    @property
    def reason(self) -> str:
        """``zero_price``, ``not_a_number:quantity``: the key in the import's answer."""
        return self.verdict.partition(":")[2]

    @property
    def sentence(self) -> str:
        return sentence(self.reason)

    def __str__(self) -> str:
        return self.sentence


def sentence(reason: str) -> str:
    """The reason in the reader's language."""
    code, _colon, column = reason.partition(":")
    text: Any = SKIP_REASONS.get(code) or REJECT_REASONS.get(code) or PROBLEMS.get(code)
    if text is None:
        return reason
    target = TARGETS.get(column)
    return str(text) % {"column": str(target.label if target else column)}


def sentences(problem: str) -> str:
    """All the reasons of one row, joined."""
    return " ".join(sentence(part.rstrip(":")) for part in problem.split(";") if part)
