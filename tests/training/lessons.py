"""A session that is taught in a life: marked, tested, settled, certified, and certificates taken
back. What a certificate needs is counted here from the rows, and not by the portal's own rule."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from certificates.models import Certificate
from certificates.operations.ending import revoke
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import office
from tests.training.making import Centre, School
from tests.training.teaching import AFTER, Held
from training.models import AttendanceMark, MarkKind, Session, TestResult
from training.models.attendance import IN_PART
from training.operations import attending, sessions, settling
from training.operations.attending import Said

# Most come, so that some pass.
KINDS = [*[MarkKind.PRESENT] * 5, *MarkKind.values]


class Lesson:
    def __init__(self, dice: random.Random, centre: Centre, school: School) -> None:
        self.dice, self.centre = dice, centre
        self.held = Held(centre, school, learners=3, test_required=True)
        self.held.begin()
        self.seats = {seat.pk: seat for seat in self.held.seats}

    def attend(self) -> None:
        date = self.dice.choice(self.held.dates)
        said = []
        for seat in self.held.seats:
            kind = self.dice.choice(KINDS)
            minutes = self.dice.randint(1, date.minutes - 1) if kind in IN_PART else None
            said.append(Said(seat, kind, minutes, "Dice"))
        with office(self.centre.lead) as actor:
            attending.mark_attendance(actor=actor, now=AFTER, date=date, said=said)

    def test(self) -> None:
        results = [(seat, self.dice.random() < 0.7, None) for seat in self.held.seats]
        with office(self.centre.lead) as actor:
            attending.record_results(
                actor=actor, now=AFTER, session=self.held.session, said=results, reason="Dice"
            )

    def settle(self) -> None:
        session = self.held.session
        with office(self.centre.lead) as actor:
            if Session.objects.get(pk=session.pk).state == "running":
                sessions.finish_session(actor=actor, now=AFTER, session=session)
            settling.settle_session(actor=actor, now=AFTER, session=session)

    def issue(self) -> None:
        with office(self.centre.lead) as actor:
            settling.issue_certificates(actor=actor, now=AFTER, session=self.held.session)

    def revoke(self) -> None:
        mine = [own for own in self.certificates() if own.state == "issued"]
        if mine:
            with office(self.centre.lead) as actor:
                own = self.dice.choice(mine)
                revoke(actor=actor, now=AFTER, certificate=own, reason="Dice")

    def certificates(self) -> list[Certificate]:
        with enter(Identity(STAFF)):
            return list(Certificate.objects.filter(source_id__in=self.seats).order_by("pk"))

    def check(self) -> None:
        """None without the rule, one in force for each seat, no number twice, none of who has not
        passed."""
        made = self.certificates()
        in_force = [own.source_id for own in made if own.state == "issued"]
        assert len(set(in_force)) == len(in_force), "two certificates in force for a seat"
        assert len({own.number for own in made}) == len(made), "a number came again"
        for own in made:
            assert self._has_kept_the_rule(own.source_id), f"{own.number} without the rule"

    def _has_kept_the_rule(self, seat: Any) -> bool:
        with enter(Identity(STAFF)):
            session = Session.objects.get(pk=self.held.session.pk)
            marks = list(AttendanceMark.objects.filter(seat_id=seat).order_by("pk"))
            results = list(TestResult.objects.filter(seat_id=seat).order_by("pk"))
        last = {mark.date_id: mark.minutes for mark in marks}
        taught = sum(date.minutes for date in self.held.dates)
        needed = Decimal(taught) * (session.attendance_percent or 0) / 100
        passed = bool(results) and results[-1].passed
        return session.state == "settled" and sum(last.values()) >= needed and passed
