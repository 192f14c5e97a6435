"""What is frozen into a certificate; whoever issues one brings these and nothing more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``minutes`` of teaching and the length of one hour of it; ``rule`` is what the course asked
    and ``evidence`` what was reached, both with figures that need no other row to be read.

    ``holder_id`` is masked by whoever brings it.
    """

    holder_name: str
    holder_latin_name: str = ""
    holder_id: str = ""
    course_zh: str
    course_en: str = ""
    minutes: int | None = None
    minutes_per_hour: int | None = None
    started_on: date | None = None
    ended_on: date | None = None
    grade: str = ""
    issuer_zh: str
    issuer_en: str = ""
    issued_on: date
    expires_on: date | None = None
    rule: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)
