"""Random lives of seats: never too many, figures as recomputed, nobody jumps the queue.

A life follows from its seed. ``PARK_SEED=17`` begins with life 17, so one that failed can be
lived again.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tenants.isolation.context import STAFF, Identity, enter
from tests.proof import FULL
from tests.training.lives import WAYS, Life
from tests.training.making import S
from training.eligibility import Eligibility
from training.models import Seat
from training.operations import promoting

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED = int(os.environ.get("PARK_SEED", "1"))
LIVES, STEPS = (200, 50) if FULL else (4, 40)
# So many are lived beside each other: what is checked after each step grows with all of them.
TOGETHER = min(LIVES, 10)


@pytest.fixture
def schools(make_school):
    return [make_school(seats=9) for _each in range(3)]


@pytest.mark.parametrize("first", range(SEED, SEED + LIVES, TOGETHER))
def test_random_lives(first, centre, make_school, record_property):
    seen: Counter[str] = Counter()
    accepted = refused = certified = 0
    for seed in range(first, first + TOGETHER):
        life = Life(seed, centre, [make_school(seats=9) for _each in range(3)])
        try:
            seen.update(life.live(STEPS))
        except AssertionError as wrong:
            raise AssertionError(f"PARK_SEED={seed}: {wrong}") from wrong
        accepted, refused = accepted + life.accepted, refused + life.refused
        certified += len(life.lesson.certificates())
    assert set(WAYS) <= seen.keys()
    # Lives in which nearly everything or next to nothing works show little.
    assert refused > TOGETHER * STEPS / 10 < accepted
    assert certified
    record_property("lives", TOGETHER)
    record_property("steps", f"{accepted} accepted, {refused} refused")
    record_property("certificates", certified)


def some(centre, schools):
    """A life in which seats stand."""
    life = Life(SEED, centre, schools)
    list(life.live(15))
    return life


def test_a_life_sees_seats_that_nobody_has_counted(centre, schools):
    life = some(centre, schools)
    school, session = schools[0], life.sessions[0]
    people = school.learners(10)
    with enter(Identity(STAFF)):
        for learner in people:
            Seat.objects.create(
                tenant=school.tenant, session=session, agreement=school.agreement, learner=learner,
                state=S.BOOKED, created_at=life.now,
            )  # fmt: skip
    with pytest.raises(AssertionError):
        life.check()


def test_a_life_sees_who_is_not_asked(centre, make_school, monkeypatch):
    """With the waiting list switched off somebody who comes is served before who waits."""
    monkeypatch.setattr(promoting, "_offer", lambda room, groups, now: None)

    def live() -> None:
        for seed in range(SEED, SEED + 40):
            list(Life(seed, centre, [make_school(seats=9) for _each in range(3)]).live(STEPS))

    with pytest.raises(AssertionError, match="was jumped"):
        live()


def test_a_life_sees_a_certificate_without_the_rule(centre, make_school, monkeypatch):
    monkeypatch.setattr(Eligibility, "refusals", property(lambda own: []))

    def live() -> None:
        for seed in range(SEED, SEED + 40):
            list(Life(seed, centre, [make_school(seats=9) for _each in range(3)]).live(STEPS))

    with pytest.raises(AssertionError, match="without the rule"):
        live()
