"""A session that is held: booked, begun, marked, finished, as the park's staff do it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.spaces.making import NOW, office
from tests.training.making import DAY, HOUR, Centre, School, booked
from training.models import AttendanceMark, MarkKind, Seat, Session, SessionDate
from training.operations import attending, sessions, settling
from training.operations.attending import Said

FIRST = NOW + 10 * DAY
AFTER = NOW + 12 * DAY


class Held:
    """Two dates of three hours; so many learners of one university, each booked."""

    def __init__(self, centre: Centre, school: School, learners: int = 1, **course: Any) -> None:
        self.centre, self.school = centre, school
        known = {"minutes": 360, "test_required": False} | course
        self.session = centre.draft(centre.course(**known))
        self.dates = [centre.date(self.session, FIRST), centre.date(self.session, FIRST + DAY)]
        centre.open(self.session)
        self.people = school.learners(learners)
        self.seats = booked(school.keeper, self.session, self.people)

    def begin(self) -> None:
        with office(self.centre.lead) as actor:
            sessions.close_session(actor=actor, now=FIRST - HOUR, session=self.session)
            sessions.start_session(actor=actor, now=FIRST, session=self.session)

    def finish(self) -> Session:
        self.begin()
        with office(self.centre.lead) as actor:
            return sessions.finish_session(actor=actor, now=AFTER, session=self.session)

    def mark(
        self,
        kind: str = MarkKind.PRESENT,
        *,
        seats: Iterable[Seat] | None = None,
        dates: Iterable[SessionDate] | None = None,
        minutes: int | None = None,
        reason: str = "",
        now: datetime = AFTER,
    ) -> list[AttendanceMark]:
        """All seats at all dates, where nothing else is said."""
        made = []
        with office(self.centre.lead) as actor:
            for date in dates or self.dates:
                said = [Said(seat, kind, minutes, reason) for seat in seats or self.seats]
                made += attending.mark_attendance(actor=actor, now=now, date=date, said=said)
        return made

    def result(self, passed: bool = True, seat: Seat | None = None, **more: Any) -> Any:
        with office(self.centre.lead) as actor:
            return attending.record_result(
                actor=actor, now=AFTER, seat=seat or self.seats[0], passed=passed, **more
            )

    def settle(self) -> Any:
        with office(self.centre.lead) as actor:
            return settling.settle_session(actor=actor, now=AFTER, session=self.session)
