"""Marks of attendance and test results: given, corrected, and locked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.makers import Makers
from tests.spaces.making import office, portal
from tests.training.making import DAY, HOUR, booked
from tests.training.teaching import AFTER, FIRST, Held
from training import check_in_codes as codes
from training.models import AttendanceMark, MarkKind, MarkSource, Seat, TestResult
from training.operations import attending
from training.operations.attending import HasCheckedIn, Said

M = MarkKind
MINUTE = timedelta(minutes=1)


@pytest.fixture
def held(centre, school):
    made = Held(centre, school, learners=2)
    made.begin()
    return made


def marks():
    with enter(Identity(STAFF)):
        return list(AttendanceMark.objects.order_by("pk").values())


def counting():
    with enter(Identity(STAFF)):
        return list(AttendanceMark.objects.counting().values_list("kind", "minutes"))


@pytest.mark.parametrize(
    ("kind", "said", "minutes"),
    [(M.PRESENT, None, 180), (M.LATE, 120, 120), (M.LEFT_EARLY, 60, 60), (M.EXCUSED, None, 0), (M.ABSENT, None, 0), (M.ABSENT, 90, 0)],
)  # fmt: skip
def test_each_mark_counts_its_minutes(held, kind, said, minutes):
    (made,) = held.mark(kind, seats=held.seats[:1], dates=held.dates[:1], minutes=said)
    assert (made.kind, made.minutes, made.source) == (kind, minutes, MarkSource.STAFF)


def test_a_correction_keeps_the_mark_before_it(held):
    one = {"seats": held.seats[:1], "dates": held.dates[:1]}
    (first,) = held.mark(M.ABSENT, **one)
    (second,) = held.mark(M.PRESENT, **one, reason="Signed on the sheet")
    assert second.corrects_id == first.pk
    assert [row["kind"] for row in marks()] == [M.ABSENT, M.PRESENT]
    assert counting() == [(M.PRESENT, 180)]
    assert held.mark(M.PRESENT, **one) == [], "what says nothing new leaves no row"


def test_a_correction_says_why(held):
    one = {"seats": held.seats[:1], "dates": held.dates[:1]}
    held.mark(M.ABSENT, **one)
    before = marks()
    with pytest.raises(DomainError) as refused:
        held.mark(M.PRESENT, **one)
    assert refused.value.code == "mark_corrected_why"
    assert marks() == before


@pytest.mark.parametrize("minutes", [None, 0, -5, 180, 500])
def test_who_came_late_has_some_of_the_minutes(held, minutes):
    with pytest.raises(InvalidInput):
        held.mark(M.LATE, minutes=minutes)
    assert marks() == []


def test_a_list_is_kept_as_a_whole_or_not_at_all(held, centre, other):
    stranger = Held(centre, other).seats[0]
    for seats, error in (([*held.seats, stranger], Seat.DoesNotExist), ([held.seats[0]] * 2, InvalidInput)):  # fmt: skip
        with pytest.raises(error):
            held.mark(seats=seats)
    assert marks() == []


def test_only_staff_of_the_training_centre_mark(held, make: Makers, park):
    finance = make.member(park, "finance", is_staff=True, password=None)
    said = [Said(held.seats[0], M.PRESENT)]
    known = {"now": AFTER, "date": held.dates[0], "said": said}
    for enters, who in ((portal, held.school.keeper), (office, finance)):
        with enters(who) as actor, pytest.raises(NotPermitted):
            attending.mark_attendance(actor=actor, **known)
        with enters(who) as actor, pytest.raises(NotPermitted):
            attending.record_result(actor=actor, now=AFTER, seat=held.seats[0], passed=True)
    assert marks() == []


def test_a_date_is_marked_from_its_beginning_on(held):
    with pytest.raises(DomainError) as refused:
        held.mark(dates=held.dates[1:], now=FIRST)
    assert refused.value.code == "too_early"
    assert len(held.mark(dates=held.dates[1:], now=FIRST + DAY)) == 2


def test_nobody_changes_or_deletes_a_mark(held):
    (made, *_rest) = held.mark()
    own = AttendanceMark.objects.filter(pk=made.pk)
    for enters in (lambda: office(held.centre.lead), lambda: portal(held.school.keeper)):
        for change in (lambda: own.update(minutes=1), own.delete):
            with (
                enters(),
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
            ):
                change()
    assert counting()[0] == (M.PRESENT, 180)


# -- settled -------------------------------------------------------------------------------------


def test_marks_are_locked_when_the_session_is_settled(centre, school):
    held = Held(centre, school)
    held.finish()
    held.mark()
    held.settle()
    before = marks()
    with pytest.raises(WrongState):
        held.mark(M.ABSENT, reason="later")
    with pytest.raises(WrongState):
        held.result()
    row = {"seat": held.seats[0], "tenant_id": school.tenant.pk, "at": AFTER}
    for refused in (
        lambda: AttendanceMark.objects.create(
            **row, date=held.dates[0], kind=M.ABSENT, minutes=0, source="staff", reason="x",
            corrects_id=before[0]["id"],
        ),
        lambda: TestResult.objects.create(**row, passed=True),
    ):  # fmt: skip
        with enter_tenant(school.tenant.pk), pytest.raises(IntegrityError), transaction.atomic():
            refused()
    assert marks() == before


# -- the code on the screen ----------------------------------------------------------------------


def test_a_code_is_good_for_a_minute_at_most(held):
    date, turn = held.dates[0], FIRST
    code = codes.code_of(date, turn)
    assert codes.date_of(code, turn) == date.pk
    assert codes.date_of(code, turn + timedelta(seconds=30)) == date.pk
    assert codes.date_of(code, turn + timedelta(seconds=60)) is None
    assert codes.date_of(code, turn - timedelta(seconds=31)) is None
    assert codes.code_of(date, turn + timedelta(seconds=30)) != code


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: "a" + c, lambda c: "", lambda c: "x~y"]
)
def test_a_code_that_was_not_signed_is_none(held, change):
    assert codes.date_of(change(codes.code_of(held.dates[0], FIRST)), FIRST) is None


def come(held, now, seat=None, date=None):
    with enter_tenant(held.school.tenant.pk):
        return attending.check_in(
            actor=held.system, now=now, seat=seat or held.seats[0], date=date or held.dates[0]
        )


@pytest.fixture
def coming(held):
    from foundation.actors import Actor

    held.system = Actor(None, held.school.tenant.pk)
    return held


@pytest.mark.parametrize(
    ("minutes", "kind", "counted"), [(-30, M.PRESENT, 180), (10, M.PRESENT, 180), (30, M.LATE, 150), (179, M.LATE, 1)]
)  # fmt: skip
def test_who_comes_in_time_has_all_minutes_and_who_is_late_the_rest(coming, minutes, kind, counted):
    made = come(coming, FIRST + minutes * MINUTE)
    assert (made.kind, made.minutes, made.source) == (kind, counted, MarkSource.CODE)


def test_a_second_scan_is_told_the_time_of_the_first(coming):
    come(coming, FIRST)
    with pytest.raises(HasCheckedIn) as refused:
        come(coming, FIRST + HOUR)
    assert len(marks()) == 1
    assert f"{refused.value}".count(":") == 1


@pytest.mark.parametrize("minutes", [-46, 180, 600])
def test_one_checks_in_while_the_door_is_open(coming, minutes):
    with pytest.raises(WrongState):
        come(coming, FIRST + minutes * MINUTE)
    assert marks() == []


def test_nobody_checks_in_over_what_staff_have_marked(coming):
    coming.mark(M.ABSENT, dates=coming.dates[:1])
    before = marks()
    with pytest.raises(DomainError) as refused:
        come(coming, FIRST + HOUR)
    assert refused.value.code == "marked"
    assert marks() == before


def test_only_who_has_a_seat_checks_in(coming, other):
    session = coming.centre.session()
    (elsewhere,) = booked(coming.school.keeper, session, [coming.school.learner()])
    with pytest.raises(Seat.DoesNotExist):
        come(coming, FIRST, seat=elsewhere)
    assert marks() == []


def test_two_first_marks_of_one_seat_cannot_be(held):
    """The constraint under the lock: without the lock it is still one."""
    (made, *_rest) = held.mark(dates=held.dates[:1])
    row = {"tenant_id": made.tenant_id, "seat_id": made.seat_id, "date": held.dates[0], "at": AFTER}
    with office(held.centre.lead), pytest.raises(IntegrityError), transaction.atomic():
        AttendanceMark.objects.create(**row, kind=M.ABSENT, minutes=0, source="staff")


# -- tests ---------------------------------------------------------------------------------------


def test_a_result_is_corrected_with_a_reason(held):
    first = held.result(False, score=40)
    assert held.result(False, score=40) is None
    with pytest.raises(DomainError) as refused:
        held.result(True, score=80)
    assert refused.value.code == "result_corrected_why"
    second = held.result(True, score=80, reason="Counted wrongly")
    assert second.corrects_id == first.pk
    with enter(Identity(STAFF)):
        assert TestResult.objects.counting().get() == second


@pytest.mark.parametrize("score", [-1, 100.5])
def test_a_score_is_out_of_a_hundred(held, score):
    with pytest.raises(DomainError) as refused:
        held.result(True, score=score)
    assert refused.value.code == "result_score"
    with enter(Identity(STAFF)):
        assert not TestResult.objects.exists()
