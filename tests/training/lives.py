"""One life of a training centre: booked, named, given up, waited for, offered; then looked at.

What must hold is counted here from the rows, in plain Python, and not by the portal's own figures.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from foundation.errors import DomainError
from learners.models import Learner
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import NOW, office, portal
from tests.training.lessons import Lesson
from tests.training.making import Centre, S, School, booked, seats_now
from training.figures import figures_of
from training.models import Seat, SeatGrant, Session, SessionShare
from training.models.seats import KEPT
from training.operations import giving_up, naming, offers, sessions, shares

HOUR = timedelta(hours=1)


class Life:
    def __init__(self, seed: int, centre: Centre, schools: list[School]) -> None:
        self.dice = random.Random(seed)
        self.centre, self.schools = centre, schools
        self.now: datetime = NOW
        self.sessions = [
            centre.session(capacity=6, start=NOW + timedelta(days=d)) for d in (12, 14)
        ]
        self.people: dict[int, list[Learner]] = {s.tenant.pk: s.learners(6) for s in schools}
        self.lesson = Lesson(self.dice, centre, schools[0])
        self.accepted = self.refused = 0

    def live(self, steps: int) -> Iterator[str]:
        for _step in range(steps):
            name = self.dice.choice(WAYS)
            session, before = self.dice.choice(self.sessions), seats_now()
            if name != "wait":
                try:
                    getattr(self, f"_{name}")(session)
                    self.accepted += 1
                except DomainError:
                    self.refused += 1
                    assert _told(seats_now()) == _told(before), f"{name} refused and changed"
            else:
                self.now += HOUR * self.dice.choice([1, 6, 30])
            self.check()
            if name != "wait":
                self.nobody_jumped(session, before)
            yield name

    # -- steps -------------------------------------------------------------------------------------

    def _school(self) -> School:
        return self.dice.choice(self.schools)

    def _book(self, session: Session) -> None:
        school = self._school()
        people = self.dice.sample(self.people[school.tenant.pk], self.dice.choice([0, 1, 2]))
        rule, waits = self.dice.choice([("", False), ("any", True), ("all_or_none", True)])
        blanks = self.dice.choice([0, 1, 2])
        values: Any = {"blanks": blanks, "party_rule": rule, "waits": waits}
        booked(school.keeper, session, people, now=self.now, **values)

    def _some(self, session: Session, school: School, state: str) -> list[Seat]:
        own = [s for s in seats_now(session) if s.tenant_id == school.tenant.pk]
        rows = [seat for seat in own if seat.state == state]
        return self.dice.sample(rows, min(len(rows), self.dice.choice([1, 2])))

    def _gives_up(self, session: Session, state: str, operation: Callable[..., Any]) -> None:
        school = self._school()
        seats = self._some(session, school, state)
        with portal(school.keeper) as actor:
            operation(actor=actor, now=self.now, seats=seats)

    def _cancel(self, session: Session) -> None:
        self._gives_up(session, S.BOOKED, giving_up.cancel)

    def _release(self, session: Session) -> None:
        self._gives_up(session, S.HELD, giving_up.release)

    def _leave(self, session: Session) -> None:
        self._gives_up(session, S.WAITLISTED, giving_up.leave)

    def _accept(self, session: Session) -> None:
        self._gives_up(session, S.OFFERED, offers.accept)

    def _decline(self, session: Session) -> None:
        self._gives_up(session, S.OFFERED, giving_up.decline_offer)

    def _name(self, session: Session) -> None:
        school = self._school()
        seats = self._some(session, school, self.dice.choice([S.HELD, S.BOOKED, S.WAITLISTED]))
        people = self.dice.sample(self.people[school.tenant.pk], len(seats))
        with portal(school.keeper) as actor:
            names = dict(zip(seats, people, strict=True))
            naming.name_seats(actor=actor, now=self.now, names=names)

    def _capacity(self, session: Session) -> None:
        with office(self.centre.lead) as actor:
            wanted = self.dice.randint(3, 9)
            sessions.set_capacity(actor=actor, now=self.now, session=session, capacity=wanted)

    def _share(self, session: Session) -> None:
        until = self.now + HOUR * self.dice.choice([0, 12, 60])
        with office(self.centre.lead) as actor:
            shares.set_share(
                actor=actor, now=self.now, session=session, tenant=self._school().tenant,
                seats=self.dice.randint(0, 4), until=until,
            )  # fmt: skip

    def _priority(self, session: Session) -> None:
        seats = self._some(session, self._school(), S.WAITLISTED)
        with office(self.centre.lead) as actor:
            offers.set_priority(
                actor=actor, now=self.now, seats=seats, priority=self.dice.randint(-1, 2),
                reason="Dice",
            )  # fmt: skip

    def _attend(self, _session: Session) -> None:
        self.lesson.attend()

    def _test(self, _session: Session) -> None:
        self.lesson.test()

    def _settle(self, _session: Session) -> None:
        self.lesson.settle()

    def _issue(self, _session: Session) -> None:
        self.lesson.issue()

    def _revoke(self, _session: Session) -> None:
        self.lesson.revoke()

    # -- what must hold ----------------------------------------------------------------------------

    def check(self) -> None:
        rows = seats_now()
        self.lesson.check()
        for session in self.sessions:
            self._check_session(session, [s for s in rows if s.session_id == session.pk])
        for school in self.schools:
            self._check_agreement(school, [s for s in rows if s.tenant_id == school.tenant.pk])

    def _check_session(self, session: Session, rows: list[Seat]) -> None:
        capacity, kept = self._terms(session)
        taken = Counter(s.tenant_id for s in rows if self.is_taken(s))
        assert sum(taken.values()) <= capacity, f"{taken} of {capacity}"
        assert all(taken[pk] <= seats for pk, seats in kept.items()), f"{taken} of {kept}"
        unused = sum(seats - taken[pk] for pk, seats in kept.items())
        assert sum(taken.values()) + unused <= capacity, "a share is not there any more"

    def _check_agreement(self, school: School, rows: list[Seat]) -> None:
        with enter(Identity(STAFF)):
            grants = list(SeatGrant.objects.filter(agreement=school.agreement))
            told = figures_of([school.agreement.pk], self.now)[school.agreement.pk]
        given = sum(g.amount * (-1 if g.kind == "rolled_out" else 1) for g in grants)
        used = sum(s.state in KEPT or s.is_used_up for s in rows)
        held = sum(s.state in (S.HELD, S.OFFERED) and self.is_taken(s) for s in rows)
        assert told.remaining == given - used - held, f"{told} and {given} - {used} - {held}"
        assert told.remaining >= 0, f"overdrawn: {told}"

    def is_taken(self, seat: Seat) -> bool:
        until = seat.hold_expires_at or seat.offer_expires_at
        return seat.state in KEPT or (until is not None and until > self.now)

    def _terms(self, session: Session) -> tuple[int, dict[int, int]]:
        with enter(Identity(STAFF)):
            capacity = Session.objects.get(pk=session.pk).capacity
            rows = SessionShare.objects.filter(session=session, until__gt=self.now)
            return capacity, dict(rows.values_list("tenant", "seats"))

    def nobody_jumped(self, session: Session, before: list[Seat]) -> None:
        """Who waited before and waits still would not have fitted either without those who came."""
        there = {s.pk for s in before}
        rows = [s for s in seats_now(session) if s.pk in there]
        waiting = [s for s in rows if s.state == S.WAITLISTED]
        came = len(seats_now()) > len(before)
        if not came or self.now >= session.closes_at:
            return
        capacity, kept = self._terms(session)
        taken = Counter(s.tenant_id for s in rows if self.is_taken(s))
        for seat in waiting:
            group = [s for s in waiting if s.party == seat.party] if seat.party else [seat]
            needs = len(group) if seat.party_rule == "all_or_none" else 1
            assert self._left(seat, capacity, kept, taken) < needs, f"{seat.pk} was jumped"

    def _left(self, seat: Seat, capacity: int, kept: dict[int, int], taken: Counter[int]) -> int:
        own = seat.tenant_id
        others = sum(max(n - taken[pk], 0) for pk, n in kept.items() if pk != own)
        left = capacity - sum(taken.values()) - others
        left = min(left, kept[own] - taken[own]) if own in kept else left
        with enter(Identity(STAFF)):
            assert seat.agreement_id is not None
            figures = figures_of([seat.agreement_id], self.now)[seat.agreement_id]
        return min(left, figures.remaining)


WAYS = [
    *["book"] * 5,
    *["cancel", "release", "leave", "accept", "accept", "decline", "name", "name"],
    *["capacity", "share", "priority", "wait", "wait"],
    *["attend", "attend", "attend", "test", "test", "settle", "settle", "issue", "revoke"],
]


def _told(seats: list[Seat]) -> list[tuple[Any, ...]]:
    return [(s.pk, s.state, s.learner_id, s.priority, s.queued_at) for s in seats]
