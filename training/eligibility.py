"""Who gets a certificate: the one place that says so, by the rule frozen into the session.

The list, the dry run and issuing itself all ask here, each anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.money import format_number
from training.models import AttendanceMark, MarkKind, Seat, SeatState, Session, TestResult
from training.models.attendance import THERE

S = SeatState


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What one seat has reached of what the session asks. ``unmarked`` is how many dates have no
    mark; ``held`` are the minutes of all dates that took place."""

    session: Session
    held: int
    minutes: int
    unmarked: int
    kinds: frozenset[str]
    result: TestResult | None

    @property
    def needed(self) -> Decimal:
        """Minutes, exact: 80 per cent of 361 are 288.8. All of them while no rule is frozen."""
        percent = self.session.attendance_percent
        return Decimal(self.held) * (100 if percent is None else percent) / 100

    @property
    def has_attended(self) -> bool:
        return self.minutes > 0 and self.minutes >= self.needed

    @property
    def has_passed_test(self) -> bool:
        return self.result is not None and self.result.passed

    @property
    def refusals(self) -> list[Sentence]:
        """Why not; empty for whoever has kept the rule."""
        found: list[Sentence] = []
        if self.unmarked:
            found.append(_("Attendance is not marked for every date."))
        elif not self.has_attended:
            found.append(
                _("%(minutes)s of %(needed)s minutes attended.")
                % {"minutes": format_number(self.minutes), "needed": format_number(self.needed)}
            )
        if self.session.test_required and not self.has_passed_test:
            found.append(
                _("The test is not passed.") if self.result else _("There is no test result.")
            )
        return found

    @property
    def is_eligible(self) -> bool:
        return not self.refusals

    @property
    def attendance_state(self) -> str:
        """What becomes of the seat by its marks alone."""
        if self.has_attended:
            return S.ATTENDED
        if self.minutes:
            return S.PARTIAL
        return S.EXCUSED if MarkKind.EXCUSED in self.kinds else S.NO_SHOW

    @property
    def rule(self) -> dict[str, Any]:
        """What was asked, as it is frozen into a certificate."""
        return {
            "attendance_percent": self.session.attendance_percent,
            "test_required": self.session.test_required,
        }

    @property
    def evidence(self) -> dict[str, Any]:
        """What was reached, as it is frozen into a certificate."""
        found: dict[str, Any] = {"minutes_held": self.held, "minutes_attended": self.minutes}
        if self.result is not None:
            score = self.result.score
            found["test_passed"] = self.result.passed
            found["test_score"] = None if score is None else f"{score}"
        return found


def eligibility_of(session: Session, seats: Iterable[Seat]) -> dict[int, Eligibility]:
    """By the seat's key; three queries, however many there are."""
    keys = [seat.pk for seat in seats]
    dates = {date.pk: date.minutes for date in session.dates.standing()}
    marks: dict[int, list[AttendanceMark]] = defaultdict(list)
    for mark in AttendanceMark.objects.counting().filter(seat__in=keys, date__in=dates):
        marks[mark.seat_id].append(mark)
    results = {each.seat_id: each for each in TestResult.objects.counting().filter(seat__in=keys)}
    held = sum(dates.values())
    return {
        pk: Eligibility(
            session=session,
            held=held,
            minutes=sum(mark.minutes for mark in marks[pk] if mark.kind in THERE),
            unmarked=len(dates) - len(marks[pk]),
            kinds=frozenset(mark.kind for mark in marks[pk]),
            result=results.get(pk),
        )
        for pk in keys
    }
