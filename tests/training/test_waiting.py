"""Seats are given up, and whoever waits is offered them in the same transaction."""

from __future__ import annotations

import pytest

from backbone.models import Notice
from foundation.errors import DomainError, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import NOW, office, portal
from tests.training.making import DAY, HOUR, S, booked, everything, seats_now, states
from tests.training.test_booking import figures
from training.models import Seat
from training.models.seats import GONE
from training.operations import giving_up, offers, sessions, shares
from training.operations.rows import OFFERED_FOR
from training.rules import BEHIND

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR


def does(member, operation, seats, now=LATER, **values):
    with portal(member) as actor:
        return operation(actor=actor, now=now, seats=seats, **values)


def staff_does(centre, operation, seats, now=LATER, **values):
    with office(centre.lead) as actor:
        return operation(actor=actor, now=now, seats=seats, **values)


def of(session, school):
    return [s.state for s in seats_now(session) if s.tenant_id == school.tenant.pk]


@pytest.fixture
def full(school, centre):
    """A session of two seats, both taken by names of ``school``."""
    session = centre.session(capacity=2)
    booked(school.keeper, session, school.learners(2))
    return session


def waits(school, session, number=1, now=NOW, **values):
    return booked(school.keeper, session, school.learners(number), now=now, waits=True, **values)


def first(session):
    return seats_now(session)[0]


def test_a_cancellation_is_offered_to_who_waits_at_once(school, other, full):
    waits(other, full)
    does(school.keeper, giving_up.cancel, [first(full)])
    assert of(full, school) == [S.CANCELLED, S.BOOKED]
    assert of(full, other) == [S.OFFERED]
    assert seats_now(full)[-1].offer_expires_at == LATER + OFFERED_FOR
    with enter(Identity(STAFF)):
        notice = Notice.objects.get(tenant=other.tenant)
    assert notice.user_id == other.keeper.user_id
    assert "offered" in notice.title_said["en"]


def test_the_list_goes_by_priority_then_by_time(school, other, make_school, centre, full):
    third = make_school()
    waits(other, full)
    waits(third, full, now=NOW + HOUR / 2)
    late = waits(school, full, now=NOW + HOUR / 2)
    staff_does(centre, offers.set_priority, late, priority=5, reason="Final term")
    does(school.keeper, giving_up.cancel, seats_now(full)[:2])
    assert of(full, school)[-1] == S.OFFERED
    assert (of(full, other), of(full, third)) == ([S.OFFERED], [S.WAITLISTED])


def test_a_change_of_priority_says_why(school, other, centre, full):
    seats = waits(other, full)
    before = everything()
    with pytest.raises(DomainError):
        staff_does(centre, offers.set_priority, seats, priority=5, reason=" ")
    with pytest.raises(NotPermitted):
        does(other.keeper, offers.set_priority, seats, priority=5, reason="Me first")
    assert everything() == before


def test_a_group_of_all_or_none_is_passed_over_and_told_why(school, other, make_school, full):
    third = make_school()
    waits(other, full, 2, party_rule="all_or_none")
    waits(third, full, now=NOW + HOUR / 2)
    does(school.keeper, giving_up.cancel, [first(full)])
    assert of(full, other) == [S.WAITLISTED] * 2
    assert of(full, third) == [S.OFFERED]
    assert [s.skipped_left for s in seats_now(full) if s.tenant_id == other.tenant.pk] == [1, 1]


def test_a_group_of_any_gets_what_there_is(school, other, full):
    waits(other, full, 2)
    does(school.keeper, giving_up.cancel, [first(full)])
    assert of(full, other) == [S.OFFERED, S.WAITLISTED]


def test_a_group_of_all_or_none_waits_whole_or_not_at_all(school, other, full):
    session = full
    does(school.keeper, giving_up.cancel, [first(session)])
    seats = waits(other, session, 2, party_rule="all_or_none")
    assert [seat.state for seat in seats] == [S.WAITLISTED] * 2
    assert len({seat.party for seat in seats}) == 1


def test_an_offer_is_taken_in_part_and_the_rest_declined(school, other, make_school, full):
    third = make_school()
    seats = waits(other, full, 2, party_rule="all_or_none")
    waits(third, full, now=NOW + HOUR / 2)
    does(school.keeper, giving_up.cancel, seats_now(full)[:2])
    does(other.keeper, offers.accept, seats[:1])
    assert (of(full, other), of(full, third)) == ([S.BOOKED, S.OFFERED], [S.WAITLISTED])
    does(other.keeper, giving_up.decline_offer, seats[1:])
    assert (of(full, other), of(full, third)) == ([S.BOOKED, S.DECLINED], [S.OFFERED])


def test_a_blank_seat_that_is_accepted_is_held(school, other, full):
    seats = booked(other.keeper, full, blanks=1, waits=True)
    does(school.keeper, giving_up.cancel, [first(full)])
    does(other.keeper, offers.accept, seats)
    assert of(full, other) == [S.HELD]


def test_an_offer_nobody_answers_goes_to_the_end_once_and_is_then_over(school, other, full):
    (seat,) = waits(other, full)
    does(school.keeper, giving_up.cancel, [first(full)])
    with pytest.raises(WrongState):
        does(other.keeper, offers.accept, [seat], now=LATER + OFFERED_FOR)
    # Whoever comes next lets it lapse; alone in the list it is asked again.
    waits(school, full, now=LATER + OFFERED_FOR)
    assert of(full, other) == [S.OFFERED]
    waits(school, full, now=LATER + 2 * OFFERED_FOR + HOUR)
    assert of(full, other) == [S.EXPIRED]


def test_the_next_in_the_list_is_asked_when_an_offer_is_over(school, other, make_school, full):
    third = make_school()
    waits(other, full)
    waits(third, full, now=NOW + HOUR / 2)
    does(school.keeper, giving_up.cancel, [first(full)])
    does(third.keeper, giving_up.leave, waits(third, full), now=LATER + OFFERED_FOR)
    assert (of(full, other), of(full, third)) == ([S.WAITLISTED], [S.OFFERED, S.LEFT])


def test_a_hold_that_is_over_is_in_nobodys_way(school, other, centre):
    session = centre.session(capacity=2)
    booked(school.keeper, session, blanks=2)
    booked(other.keeper, session, other.learners(2), now=session.hold_until)
    assert (of(session, school), of(session, other)) == ([S.EXPIRED] * 2, [S.BOOKED] * 2)


def test_what_a_hold_frees_goes_to_who_waits_before_who_comes(school, other, make_school, centre):
    session, third = centre.session(capacity=1), make_school()
    booked(school.keeper, session, blanks=1)
    waits(other, session)
    with pytest.raises(DomainError) as caught:
        booked(third.keeper, session, third.learners(1), now=session.hold_until)
    assert caught.value.code == "seats_full"
    waits(third, session, now=session.hold_until)
    assert (of(session, other), of(session, third)) == ([S.OFFERED], [S.WAITLISTED])


def test_blank_seats_are_released(school, centre):
    session = centre.session()
    seats = booked(school.keeper, session, blanks=2)
    does(school.keeper, giving_up.release, seats)
    assert states() == [S.RELEASED] * 2
    assert figures(school).remaining == 100


def test_before_the_deadline_a_seat_goes_back_and_after_it_counts(school, centre):
    session = centre.session()
    early, late = booked(school.keeper, session, school.learners(2))
    does(school.keeper, giving_up.cancel, [early], now=session.cancel_until)
    assert figures(school).used == 1
    does(school.keeper, giving_up.cancel, [late], now=session.cancel_until + HOUR, reason="Ill")
    found = figures(school)
    assert (found.used, found.remaining) == (1, 99)
    assert seats_now()[1].reason == "Ill"
    booked(school.keeper, session, school.learners(10), now=session.cancel_until + HOUR)


def test_more_capacity_goes_to_who_waits_and_approves_nobody(school, centre):
    session = centre.session(capacity=1, needs_approval=True)
    asked = booked(school.keeper, session, school.learners(3))
    staff_does(centre, offers.approve, asked[:2])
    assert states() == [S.BOOKED, S.WAITLISTED, S.REQUESTED]
    with office(centre.lead) as actor:
        sessions.set_capacity(actor=actor, now=LATER, session=session, capacity=3)
    assert states() == [S.BOOKED, S.OFFERED, S.REQUESTED]


def test_fewer_seats_than_are_taken_or_kept_cannot_be(school, other, centre):
    session = centre.session(capacity=5)
    booked(school.keeper, session, blanks=2)
    with office(centre.lead) as actor:
        values = {"actor": actor, "now": LATER, "session": session}
        shares.set_share(**values, tenant=other.tenant, seats=2, until=NOW + DAY)
        with pytest.raises(DomainError) as caught:
            sessions.set_capacity(**values, capacity=3)
        assert caught.value.code == "seats_taken"
        sessions.set_capacity(**values, capacity=4)


def test_a_share_that_is_given_up_goes_to_who_waits(school, other, centre):
    session = centre.session(capacity=2)
    with office(centre.lead) as actor:
        values = {"actor": actor, "now": NOW, "session": session, "tenant": other.tenant}
        shares.set_share(**values, seats=2, until=NOW + DAY)
    waits(school, session)
    with office(centre.lead) as actor:
        shares.set_share(**values, seats=1, until=NOW + DAY)
    assert states() == [S.OFFERED]


def test_more_shares_than_seats_cannot_be(school, other, centre):
    session = centre.session(capacity=5)
    booked(school.keeper, session, blanks=2)
    with office(centre.lead) as actor:
        values = {"actor": actor, "now": NOW, "session": session, "until": NOW + DAY}
        for tenant, seats, code in (
            (other.tenant, 4, "shares_too_many"),
            (school.tenant, 1, "share_too_small"),
        ):
            with pytest.raises(DomainError) as caught:
                shares.set_share(**values, tenant=tenant, seats=seats)
            assert caught.value.code == code


def test_the_park_declines_with_a_reason(school, centre):
    session = centre.session(needs_approval=True)
    seats = booked(school.keeper, session, school.learners(1))
    before = everything()
    with pytest.raises(DomainError) as caught:
        staff_does(centre, offers.decline_request, seats, reason="")
    assert caught.value.code == "seat_declined_why"
    with pytest.raises(NotPermitted):
        does(school.keeper, offers.approve, seats)
    assert everything() == before
    staff_does(centre, offers.decline_request, seats, reason="Not this term")
    assert states() == [S.DECLINED]


def test_who_did_not_come_stands_behind_everybody(school, other, centre, full):
    (seat,) = waits(school, full)
    with enter(Identity(STAFF)):
        Seat.objects.filter(pk=seat.pk).update(priority=BEHIND)
    waits(other, full, now=NOW + HOUR / 2)
    does(school.keeper, giving_up.cancel, [first(full)])
    assert of(full, other) == [S.OFFERED]
    assert of(full, school)[-1] == S.WAITLISTED


def test_nothing_is_offered_once_the_session_is_closed(school, other, centre, full):
    waits(other, full)
    does(school.keeper, giving_up.cancel, [first(full)], now=full.closes_at)
    assert of(full, other) == [S.WAITLISTED]


def test_an_organisation_that_has_left_is_passed_over(school, other, make_school, centre, full):
    third = make_school()
    waits(other, full)
    waits(third, full, now=NOW + HOUR / 2)
    with enter(Identity(STAFF)):
        other.tenant.left_at = NOW
        other.tenant.save(update_fields=["left_at"])
    does(school.keeper, giving_up.cancel, [first(full)])
    assert (of(full, other), of(full, third)) == ([S.WAITLISTED], [S.OFFERED])


def test_a_cancelled_session_gives_everything_back(school, other, centre):
    session = centre.session(capacity=3)
    booked(school.keeper, session, school.learners(1), blanks=2)
    waits(other, session)
    with office(centre.lead) as actor:
        sessions.cancel_session(
            actor=actor, now=session.cancel_until + HOUR, session=session, reason="Trainer is ill"
        )
    assert S.BOOKED not in states()
    assert set(states()) <= set(GONE)
    assert figures(school).remaining == 100


# -- wrong states and strangers --------------------------------------------------------------------

VERBS = {
    giving_up.release: (S.HELD,),
    giving_up.leave: (S.WAITLISTED,),
    giving_up.decline_offer: (S.OFFERED,),
    giving_up.cancel: (S.BOOKED, S.REQUESTED),
    offers.accept: (S.OFFERED,),
}
STATES = (S.HELD, S.REQUESTED, S.WAITLISTED, S.OFFERED, S.BOOKED, S.CANCELLED, S.NO_SHOW)
MOMENTS = {
    S.HELD: {"hold_expires_at": NOW + DAY},
    S.OFFERED: {"offer_expires_at": NOW + DAY, "queued_at": NOW},
    S.WAITLISTED: {"queued_at": NOW},
}


@pytest.mark.parametrize("operation", VERBS, ids=lambda o: o.__name__)
@pytest.mark.parametrize("state", STATES)
def test_each_verb_from_each_state(school, centre, operation, state):
    (seat,) = booked(school.keeper, centre.session(), school.learners(1))
    with enter(Identity(STAFF)):
        Seat.objects.filter(pk=seat.pk).update(state=state, **MOMENTS.get(state, {}))
    if state in VERBS[operation]:
        does(school.keeper, operation, [seat])
        assert states() != [state]
        return
    before = everything()
    with pytest.raises(WrongState):
        does(school.keeper, operation, [seat])
    assert everything() == before


@pytest.mark.parametrize("operation", VERBS, ids=lambda o: o.__name__)
def test_a_stranger_and_a_weaker_role(make, school, other, centre, operation):
    seats = booked(school.keeper, centre.session(), school.learners(1))
    before = everything()
    with pytest.raises((Seat.DoesNotExist, DomainError)):
        does(other.keeper, operation, seats)
    with pytest.raises(NotPermitted):
        does(make.member(school.tenant, "member"), operation, seats)
    assert everything() == before
