"""Idle hours go to students, and back to whoever takes the space before it is too late."""

from __future__ import annotations

from datetime import time, timedelta
from random import Random
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from backbone.models import Notice, OutboxMessage
from foundation.errors import DomainError, NotPermitted, WrongState
from spaces.models import Occupancy, OccupancyState, Space
from spaces.operations.making_room import Taken
from spaces.operations.occupancy import Want
from spaces.queries import busy
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.spaces.conftest import rival
from tests.spaces.making import DAY, HOUR, NOW, office, taken
from tests.training.making import booked
from training.models import IdleRule, Seat, SeatState, Session, SessionState
from training.operations.idle import (
    TAKEN_BACK,
    call_off,
    end_idle_rule,
    keep_idle_rule,
    release_all,
)

__all__ = ["rival"]

pytestmark = pytest.mark.django_db
DAYS = [1, 2, 3, 4, 5, 6, 7]
# The hours of the rule on the day after tomorrow.
START = timezone.localtime(NOW).replace(hour=14) + 2 * DAY
RELEASED, TAKEBACK = START - 24 * HOUR, START - 12 * HOUR


@pytest.fixture
def studio(grounds: Any) -> Space:
    return grounds.add("studio")


@pytest.fixture
def rule(centre, studio) -> IdleRule:
    return ruled(centre, studio)


def ruled(centre: Any, space: Space, **values: Any) -> IdleRule:
    known: dict[str, Any] = {
        "space": space,
        "course": centre.course(),
        "seats": 5,
        "weekdays": DAYS,
        "starts_at": time(14),
        "ends_at": time(17),
    }
    with office(centre.lead) as actor:
        return keep_idle_rule(actor=actor, now=NOW, **(known | values))


def made() -> list[Session]:
    with enter(Identity(STAFF)):
        return list(Session.objects.filter(code__startswith="idle-").order_by("pk"))


def takes(member: Any, space: Space, now: Any, start: Any = START, hours: int = 1) -> Any:
    return taken(member, Want(space, start, start + hours * HOUR, "booking"), now=now)


def is_free(space: Space, now: Any) -> bool:
    return not busy(spaces=[space], start=START, end=START + 3 * HOUR, now=now)


def relay() -> None:
    """What the worker does with messages about spaces that were taken back."""
    with enter(Identity(STAFF)):
        waiting = list(OutboxMessage.objects.filter(kind=TAKEN_BACK))
    for message in waiting:
        with enter_tenant(message.tenant_id):
            call_off(message)


# -- to students ---------------------------------------------------------------------------------


def test_what_is_free_a_day_before_is_a_session_that_students_book(rule, school) -> None:
    assert release_all(RELEASED - timedelta(minutes=1)) == 0
    assert release_all(RELEASED) == 1
    assert release_all(RELEASED + HOUR) == 0
    [session] = made()
    assert (session.state, session.capacity) == (SessionState.OPEN, 5)
    [date] = session.dates.all()
    assert (date.starts_at, date.ends_at) == (START, START + 3 * HOUR)
    assert date.yields_until == TAKEBACK
    [seat] = booked(school.keeper, session, [school.learner()], now=RELEASED + HOUR)
    assert seat.state == SeatState.BOOKED


def test_what_somebody_has_stays_theirs(rule, studio, owner) -> None:
    takes(owner, studio, NOW, START + 2 * HOUR)
    assert release_all(RELEASED) == 0
    assert made() == []


@pytest.mark.parametrize("now", [TAKEBACK, TAKEBACK + HOUR, START - HOUR])
def test_too_late_to_be_taken_back_is_too_late_to_be_given(rule, now) -> None:
    assert release_all(now) == 0


def test_only_on_the_days_of_the_rule(centre, studio) -> None:
    ruled(centre, studio, weekdays=[START.isoweekday() % 7 + 1], release_hours=23)
    assert release_all(RELEASED + HOUR) == 0


def test_a_rule_that_ended_gives_nothing_and_is_not_changed(rule, centre) -> None:
    with office(centre.lead) as actor:
        end_idle_rule(actor=actor, now=NOW, rule=rule)
        with pytest.raises(WrongState):
            end_idle_rule(actor=actor, now=NOW, rule=rule)
        with pytest.raises(WrongState):
            keep_idle_rule(actor=actor, now=NOW, rule=rule, seats=9)
    assert release_all(RELEASED) == 0


def test_whoever_waits_for_the_course_is_told(rule, centre, school, other) -> None:
    full = centre.session(rule.course, capacity=1)
    booked(other.keeper, full, other.learners(1))
    booked(school.keeper, full, school.learners(1), waits=True)
    release_all(RELEASED)
    with enter(Identity(STAFF)):
        told = Notice.objects.filter(kind="training.idle")
        assert list(told.values_list("tenant", flat=True)) == [school.tenant.pk]


# -- back to residents -----------------------------------------------------------------------------


def test_a_resident_takes_it_back_and_the_session_is_off(rule, studio, owner, school) -> None:
    release_all(RELEASED)
    [session] = made()
    [seat] = booked(school.keeper, session, [school.learner()], now=RELEASED)
    assert is_free(studio, TAKEBACK - HOUR)
    [row] = takes(owner, studio, TAKEBACK - HOUR)
    assert row.state == OccupancyState.ACTIVE
    relay()
    [session] = made()
    assert session.state == SessionState.CANCELLED
    with enter(Identity(STAFF)):
        assert Seat.objects.get(pk=seat.pk).state == SeatState.CANCELLED
        assert Notice.objects.filter(kind="training.cancelled", tenant=school.tenant).count() == 1


def test_from_then_on_it_is_the_students(rule, studio, owner) -> None:
    release_all(RELEASED)
    assert not is_free(studio, TAKEBACK)
    with pytest.raises(Taken):
        takes(owner, studio, TAKEBACK)
    relay()
    assert made()[0].state == SessionState.OPEN


def test_beside_it_nothing_is_taken_back(rule, studio, owner) -> None:
    release_all(RELEASED)
    takes(owner, studio, RELEASED, START - HOUR)
    relay()
    assert made()[0].state == SessionState.OPEN


def test_one_refusal_of_several_wishes_takes_nothing_back(rule, studio, owner, grounds, rival):
    other = grounds.add()
    takes(rival, other, NOW)
    release_all(RELEASED)
    wants = [Want(space, START, START + HOUR, "booking") for space in (studio, other)]
    with pytest.raises(Taken):
        taken(owner, *wants, now=RELEASED)
    relay()
    assert made()[0].state == SessionState.OPEN


def test_idle_hours_do_not_displace_idle_hours(rule, centre, studio) -> None:
    ruled(centre, studio, starts_at=time(15), ends_at=time(18))
    assert release_all(RELEASED + HOUR) == 1


def test_control_where_nothing_gives_way_a_resident_is_refused(
    rule, studio, owner, monkeypatch
) -> None:
    monkeypatch.setattr("spaces.operations.occupancy.give_way", lambda *args, **known: None)
    release_all(RELEASED)
    with pytest.raises(Taken):
        takes(owner, studio, RELEASED)


# -- the rule --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ends_at": time(13)}, "idle_rule_span"),
        ({"release_hours": 12}, "idle_rule_hours"),
        ({"takeback_hours": 0}, "idle_rule_hours"),
        ({"seats": 0}, "idle_rule_seats"),
        ({"weekdays": []}, "idle_rule_weekdays"),
    ],
)
def test_a_rule_that_cannot_be(centre, studio, values, code) -> None:
    with pytest.raises(DomainError) as refusal:
        ruled(centre, studio, **values)
    assert refusal.value.code == code
    assert not IdleRule.objects.exists()


def test_rules_are_the_parks(owner, rule) -> None:
    with pytest.raises(NotPermitted):
        keep_idle_rule(actor=owner.actor(), now=NOW, rule=rule, seats=1)
    with pytest.raises(NotPermitted):
        end_idle_rule(actor=owner.actor(), now=NOW, rule=rule)


def test_staff_write_and_end_a_rule_in_their_site(centre, studio, sign_in) -> None:
    client, course = sign_in(centre.lead), centre.course()
    sent = {
        "space": studio.pk, "course": course.pk, "seats": "4", "weekdays": ["6", "7"],
        "starts_at": "09:00", "ends_at": "12:00", "release_hours": "24", "takeback_hours": "12",
    }  # fmt: skip
    client.post(reverse("admin:training_idlerule_add"), sent)
    rule = IdleRule.objects.get()
    assert (rule.weekdays, rule.course) == ([6, 7], course)
    client.post(reverse("admin:training_idlerule_change", args=[rule.pk]), sent | {"seats": "6"})
    rule.refresh_from_db()
    assert rule.seats == 6
    client.post(reverse("admin:training_idlerule_step", args=[rule.pk, "ending"]))
    rule.refresh_from_db()
    assert rule.ended_at is not None


# -- any life --------------------------------------------------------------------------------------


def test_no_hour_is_used_twice_and_no_resident_refused_in_time(rule, studio, owner, rival) -> None:
    """Random residents at random moments; before the take-back only other residents refuse."""
    seen = set()
    for seed in range(20):
        random = Random(seed)
        with enter(Identity(STAFF)):
            Occupancy.objects.update(state=OccupancyState.CANCELLED, expires_at=None)
        base = START + (seed + 1) * DAY
        had: list[tuple[Any, Any]] = []
        for hours in sorted(random.sample(range(1, 30), 4), reverse=True):
            now = base - hours * HOUR
            release_all(now)
            start = base + random.choice([-1, 0, 1, 2, 5]) * HOUR
            clash = any(start < end and begin < start + HOUR for begin, end in had)
            lent = session_of(base)
            theirs = lent and now >= base - 12 * HOUR and 0 <= (start - base) / HOUR <= 2
            try:
                takes(random.choice([owner, rival]), studio, now, start)
            except Taken:
                assert clash or theirs, f"seed {seed}: refused at {now} for {start}"
                seen.add("kept for students" if theirs else "taken already")
            else:
                assert not clash, f"seed {seed}: twice"
                assert not theirs, f"seed {seed}: taken from students at {now}"
                had.append((start, start + HOUR))
            relay()
            if lent and not session_of(base):
                seen.add("taken back")
    assert seen == {"kept for students", "taken already", "taken back"}


def session_of(start: Any) -> bool:
    """Whether students have these hours."""
    with enter(Identity(STAFF)):
        return Session.objects.filter(
            state=SessionState.OPEN, dates__starts_at=start, code__startswith="idle-"
        ).exists()
