"""Random lives of spaces: never an overlap, never more than there is, figures as recomputed.

A life follows from its seed. ``PARK_SEED=17`` begins with life 17, so one that failed can be
lived again.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest

from spaces.models import Occupancy
from spaces.operations import occupancy
from tests.proof import FULL
from tests.spaces.lives import Life
from tests.spaces.making import office

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PARK_SEED", "1"))
LIVES, STEPS = (200, 50) if FULL else (4, 40)


@pytest.fixture
def people(make):
    return [make.member(make.tenant(), "owner", password=None) for _each in range(2)]


def test_random_lives(grounds, people):
    seen: Counter[str] = Counter()
    accepted = refused = 0
    for seed in range(SEED, SEED + LIVES):
        life = Life(seed, grounds, people)
        try:
            seen.update(life.live(STEPS))
        except AssertionError as wrong:
            raise AssertionError(f"PARK_SEED={seed}: {wrong}") from wrong
        accepted, refused = accepted + life.accepted, refused + life.refused
    assert {"book", "move", "cancel", "lease", "release", "close", "wait"} <= seen.keys()
    # Lives in which nearly everything or next to nothing works show little.
    assert refused > LIVES * STEPS / 10 < accepted
    print(f"{LIVES} lives: {accepted} steps accepted, {refused} refused")  # noqa: T201


def some(grounds, people):
    """A life in which something stands."""
    life = Life(SEED, grounds, people)
    list(life.live(25))
    return life


def test_a_life_sees_a_row_that_moved_by_itself(grounds, people):
    life = some(grounds, people)
    with office(life.staff):
        row = Occupancy.objects.filter(state="completed").first() or Occupancy.objects.first()
        assert row is not None
        Occupancy.objects.filter(pk=row.pk).update(
            during=(row.starts_at - timedelta(hours=500), row.starts_at - timedelta(hours=499))
        )
    with pytest.raises(AssertionError):
        life.check()


def test_a_life_sees_a_count_that_does_not_count(grounds, people, monkeypatch):
    monkeypatch.setattr(occupancy, "require_enough", lambda now, rows: None)

    def live_on():
        for seed in range(SEED, SEED + 20):
            list(Life(seed, grounds, people).live(STEPS))

    with pytest.raises(AssertionError, match="does not fit"):
        live_on()
