"""The training centre in the staff site: from a course to seats approved, by its pages alone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import NOW
from tests.spaces.test_staff_site import page
from tests.training.making import DAY, HOUR, S, booked, states
from training.models import (
    Course,
    FundingLine,
    Programme,
    Seat,
    SeatAgreement,
    SeatGrant,
    Session,
    SessionDate,
    SessionShare,
    Trainer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sign_in, staff):
    return sign_in(staff)


def moment(value):
    return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"


def the(model):
    with enter(Identity(STAFF)):
        return model.objects.get()


def test_a_course_with_a_prerequisite_a_trainer_and_a_funding_line(desk):
    names = {"name_zh": "课", "name_en": "Course", "position": "0"}
    desk.post(page(Programme, name="add"), {"code": "p", **names})
    values = {
        **names, "programme": Programme.objects.get().pk, "minutes": "360",
        "minutes_per_hour": "45", "price": "300", "language": "zh", "attendance_percent": "80",
        "certificate_kind": "training",
    }  # fmt: skip
    desk.post(page(Course, name="add"), {"code": "a", **values})
    first = Course.objects.get()
    desk.post(page(Course, name="add"), {"code": "b", **values, "required": [first.pk]})
    second = Course.objects.get(code="b")
    assert list(second.prerequisites.all()) == [first]
    desk.post(page(Course, row=second), {"code": "b", **values, "minutes": "400"})
    second.refresh_from_db()
    assert (second.minutes, list(second.prerequisites.all())) == (400, [])
    desk.post(page(Trainer, name="add"), {"name_zh": "李老师", "name_en": "Ms Li"})
    assert Trainer.objects.count() == 1
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    desk.post(page(FundingLine, name="add"), {"code": "f", "name": "Fund", "seats": "9", **days})
    assert FundingLine.objects.get().seats == 9
    desk.post(page(Course, row=first, step="retirement"))
    first.refresh_from_db()
    assert first.retired_at is not None


def test_a_session_from_its_draft_to_its_end(desk, school, centre):
    course, room = centre.course(), centre.grounds.add("classroom")
    values = {
        "code": "s1", "kind": "course", "course": course.pk, "capacity": "5", "is_listed": "on",
        "opens_at": moment(NOW - DAY), "closes_at": moment(NOW + 9 * DAY),
        "cancel_until": moment(NOW + 5 * DAY), "hold_until": moment(NOW + 3 * DAY),
    }  # fmt: skip
    desk.post(page(Session, name="add"), values)
    session = Session.objects.get()
    start = NOW + 10 * DAY
    times = {"starts_at": moment(start), "ends_at": moment(start + HOUR)}
    desk.post(page(Session, row=session, step="date"), {**times, "space": room.pk, "place": ""})
    assert SessionDate.objects.get().space == room
    desk.post(page(Session, row=session, step="opening"))
    kept = {"tenant": school.tenant.pk, "seats": "2", "until": moment(NOW + 2 * DAY)}
    desk.post(page(Session, row=session, step="share"), kept)
    assert the(SessionShare).seats == 2
    desk.post(page(Session, row=session, step="capacity"), {"capacity": "6"})
    more = {"tenant": school.tenant.pk, "blanks": "2"}
    desk.post(page(Session, row=session, step="seats"), more)
    assert states() == [S.HELD] * 2
    seen = desk.get(page(Session, row=session)).content.decode()
    assert "s1" in seen
    desk.post(page(Session, row=session, step="closing"))
    session.refresh_from_db()
    assert session.state == "closed"
    desk.post(page(Session, row=session, step="cancellation"), {"reason": "Too few"})
    session.refresh_from_db()
    assert (session.state, session.capacity) == ("cancelled", 6)


def test_seats_are_approved_declined_and_moved_up(desk, school, centre):
    session = centre.session(capacity=1, needs_approval=True)
    asked = booked(school.keeper, session, school.learners(3))
    step = page(Session, row=session, step="approval")
    desk.post(step, {"seats": [s.pk for s in asked[:2]]})
    assert states() == [S.BOOKED, S.WAITLISTED, S.REQUESTED]
    declined = {"seats": [asked[2].pk], "reason": "Not this term"}
    desk.post(page(Session, row=session, step="refusal"), declined)
    moved = {"seats": [asked[1].pk], "priority": "5", "reason": "Final term"}
    desk.post(page(Session, row=session, step="priority"), moved)
    with enter(Identity(STAFF)):
        found = list(Seat.objects.order_by("pk").values_list("state", "priority"))
    assert found == [(S.BOOKED, 0), (S.WAITLISTED, 5), (S.DECLINED, 0)]
    desk.post(page(Seat, row=asked[0], step="cancellation"), {"reason": "By phone"})
    assert states()[:2] == [S.CANCELLED, S.OFFERED]


def test_an_agreement_is_granted_extended_and_ended(desk, make, centre):
    university = make.tenant(kind="university")
    days = {"starts_on": "2026-01-01", "ends_on": "2027-12-31"}
    values = {"tenant": university.pk, "seats": "40", "note": "", **days}
    desk.post(page(SeatAgreement, name="add"), values)
    own = the(SeatAgreement)
    desk.post(page(SeatAgreement, row=own, step="beginning"))
    desk.post(page(SeatAgreement, row=own, step="extra"), {"amount": "5", "reason": "Fair"})
    seen = desk.get(page(SeatAgreement, row=own)).content.decode()
    assert "45" in seen
    desk.post(page(SeatAgreement, row=own, step="end"), {"reason": "Over"})
    assert the(SeatAgreement).state == "ended"
    with enter(Identity(STAFF)):
        assert list(SeatGrant.objects.values_list("kind", "amount")) == [
            ("granted", 40),
            ("extra", 5),
        ]


def test_a_date_gets_another_room_and_is_cancelled(desk, centre):
    date = centre.date(centre.draft())
    room = centre.grounds.add("classroom")
    values = {
        "starts_at": moment(date.starts_at), "ends_at": moment(date.ends_at), "space": room.pk,
        "place": "",
    }  # fmt: skip
    desk.post(page(SessionDate, row=date, step="time"), values)
    date.refresh_from_db()
    assert date.space == room
    desk.post(page(SessionDate, row=date, step="cancellation"))
    date.refresh_from_db()
    assert date.cancelled_at is not None


@pytest.mark.parametrize("model", [Session, Seat, SeatAgreement, SessionDate, Course, Programme])
def test_lists_are_read_by_all_staff_and_steps_taken_by_some(model, make, park, sign_in, centre):
    session = centre.session()
    client = sign_in(make.member(park, "finance", is_staff=True))
    assert client.get(page(model)).status_code == 200
    assert client.get(page(Session, row=session, step="capacity")).status_code == 404


def test_sessions_stand_by_their_first_day_and_drafts_before_them(desk, centre):
    later = centre.session(code="later", start=NOW + 30 * DAY)
    sooner = centre.session(code="sooner", start=NOW + 9 * DAY)
    draft = centre.session(code="draft", start=NOW + 20 * DAY)
    with enter(Identity(STAFF)):
        draft.dates.update(cancelled_at=NOW)
    found = desk.get(page(Session)).context["cl"].result_list
    assert [row.pk for row in found] == [draft.pk, later.pk, sooner.pk]
