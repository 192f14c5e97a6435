"""A session and its rooms: both or neither, from draft to its end."""

from __future__ import annotations

import pytest

from foundation.errors import DomainError, NotPermitted, WrongState
from spaces.queries import busy
from tests.spaces.making import NOW, office, portal
from tests.training.making import DAY, HOUR, S, booked, everything, states
from tests.training.test_booking import figures
from training.operations import agreements, dates, sessions

pytestmark = pytest.mark.django_db


def staff(centre, operation, now=NOW, **values):
    with office(centre.lead) as actor:
        return operation(actor=actor, now=now, **values)


def spans(space):
    found = busy(spaces=[space], start=NOW, end=NOW + 60 * DAY, now=NOW)
    return [(s.start, s.end) for s in found]


def test_a_date_takes_its_room(centre):
    date = centre.date(centre.draft())
    assert spans(date.space) == [(date.starts_at, date.ends_at)]


def test_a_room_that_is_taken_leaves_no_date(centre):
    date = centre.date(centre.draft())
    before = everything()
    with pytest.raises(DomainError) as caught:
        centre.date(centre.draft(), date.starts_at + HOUR, date.space)
    assert caught.value.code == "space_taken"
    assert everything()[2] == before[2]


def test_a_session_has_one_date_at_a_time(centre):
    session = centre.draft()
    date = centre.date(session)
    room = centre.grounds.add("classroom")
    with pytest.raises(DomainError) as caught:
        centre.date(session, date.starts_at + HOUR, room)
    assert caught.value.code == "session_dates_apart"
    assert spans(room) == []


def test_a_date_moves_with_its_room_or_to_another_or_out_of_the_park(centre):
    date = centre.date(centre.draft())
    room, start = date.space, date.starts_at + DAY
    values = {"date": date, "starts_at": start, "ends_at": start + HOUR}
    staff(centre, dates.move_date, **values, space=room)
    assert spans(room) == [(start, start + HOUR)]
    other = centre.grounds.add("classroom")
    staff(centre, dates.move_date, **values, space=other)
    assert (spans(room), spans(other)) == ([], [(start, start + HOUR)])
    staff(centre, dates.move_date, **values, place="Port museum")
    assert spans(other) == []


def test_a_date_that_cannot_move_stays_with_its_room(centre):
    taken = centre.date(centre.draft())
    date = centre.date(centre.draft())
    before = everything()
    with pytest.raises(DomainError):
        staff(
            centre, dates.move_date, date=date, starts_at=date.starts_at, ends_at=date.ends_at,
            space=taken.space,
        )  # fmt: skip
    assert everything() == before
    assert len(spans(date.space)) == 1


def test_a_cancelled_date_and_a_cancelled_session_free_their_rooms(centre):
    session = centre.session()
    one, two = session.dates.get(), centre.date(session, NOW + 12 * DAY)
    staff(centre, dates.cancel_date, date=two)
    assert spans(two.space) == []
    staff(centre, sessions.cancel_session, session=session, reason="No trainer")
    assert spans(one.space) == []


def test_without_a_date_or_for_a_retired_course_it_does_not_open(centre):
    from training.operations.catalogue import retire

    draft = centre.draft()
    with pytest.raises(DomainError) as caught:
        centre.open(draft)
    assert caught.value.code == "no_dates"
    centre.date(draft)
    staff(centre, retire, row=draft.course)
    with pytest.raises(DomainError) as caught:
        centre.open(draft)
    assert caught.value.code == "course_retired"


def test_what_is_open_keeps_what_people_booked_by(centre):
    session = centre.session()
    before = everything()
    with pytest.raises(WrongState):
        staff(centre, sessions.change_session, session=session, cancel_until=NOW)
    assert everything() == before
    staff(centre, sessions.change_session, session=session, is_listed=False)


def test_closing_ends_what_nobody_has_settled(school, centre):
    session = centre.session(capacity=3)
    booked(school.keeper, session, school.learners(2), blanks=1)
    booked(school.keeper, session, school.learners(1), waits=True)
    staff(centre, sessions.close_session, session=session)
    assert sorted(states()) == [S.BOOKED] * 2 + [S.EXPIRED] * 2


def test_it_begins_and_ends_with_its_dates(centre):
    session = centre.session()
    date = session.dates.get()
    staff(centre, sessions.close_session, session=session)
    for operation, moment in (
        (sessions.start_session, date.starts_at),
        (sessions.finish_session, date.ends_at),
    ):
        with pytest.raises(DomainError) as caught:
            staff(centre, operation, session=session, now=moment - HOUR)
        assert caught.value.code == "too_early"
        staff(centre, operation, session=session, now=moment)


def test_only_the_training_centre_makes_sessions(school, centre):
    before = everything()
    session = centre.draft()
    for operation, values in (
        (sessions.open_session, {"session": session}),
        (sessions.set_capacity, {"session": session, "capacity": 99}),
        (sessions.cancel_session, {"session": session, "reason": "Mine"}),
    ):
        with pytest.raises(NotPermitted), portal(school.keeper) as actor:
            operation(actor=actor, now=NOW, **values)
    assert len(everything()[1]) == len(before[1]) + 1
    assert everything()[1][-1]["state"] == "draft"


# -- agreements ------------------------------------------------------------------------------------


def test_lines_add_up(school, centre):
    staff(centre, agreements.grant_extra, agreement=school.agreement, amount=20, reason="Fair")
    following = centre.agree(school, seats=10)
    values = {"agreement": following, "to": following, "amount": 5, "reason": "Rest"}
    with pytest.raises(DomainError):
        staff(centre, agreements.roll_over, **values)


def test_seats_roll_over_to_the_next_agreement(school, centre):
    old = school.agreement
    following = centre.agree(school, seats=10)
    values = {"agreement": old, "to": following, "reason": "End of term"}
    with pytest.raises(DomainError) as caught:
        staff(centre, agreements.roll_over, **values, amount=101)
    assert caught.value.code == "not_so_many_left"
    staff(centre, agreements.roll_over, **values, amount=30)
    assert (figures(school).rolled_in, figures(school).remaining) == (30, 40)
    school.agreement = old
    assert (figures(school).rolled_out, figures(school).remaining) == (30, 70)


def test_a_line_has_a_reason_and_an_ended_agreement_no_more_lines(school, centre):
    values = {"agreement": school.agreement, "amount": 5}
    with pytest.raises(DomainError) as caught:
        staff(centre, agreements.grant_extra, **values, reason="")
    assert caught.value.code == "seat_grant_why"
    staff(centre, agreements.end_agreement, agreement=school.agreement, reason="Term is over")
    with pytest.raises(WrongState):
        staff(centre, agreements.grant_extra, **values, reason="More")


def test_only_leads_of_the_park_grant_seats(make, school, centre):
    desk = make.member(centre.lead.tenant, "operations", is_staff=True)
    before = everything()
    for actor_of, member in ((office, desk), (portal, school.keeper)):
        with pytest.raises(NotPermitted), actor_of(member) as actor:
            agreements.grant_extra(
                actor=actor, now=NOW, agreement=school.agreement, amount=5, reason="Why not"
            )
    assert everything() == before


def test_seat_agreements_are_made_with_universities(owner, centre):
    with pytest.raises(DomainError):
        staff(
            centre, agreements.draft_agreement, tenant=owner.tenant, starts_on=NOW.date(),
            ends_on=NOW.date(), seats=1,
        )  # fmt: skip
