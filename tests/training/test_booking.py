"""Seats are booked with names or blank, against everything they count against at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from billing.models import Charge
from foundation.errors import DomainError, NotPermitted, WrongState
from learners.operations import declare_consent, release_learner, withdraw_consent
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import NOW, office, portal
from tests.training.making import DAY, HOUR, S, booked, everything, seats_now, states
from training.figures import figures_of
from training.models import Seat, Session
from training.operations import giving_up, naming, sessions, shares
from training.operations.booking import book
from training.queries import dated, offers_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are compared here."""
    with translation.override("en"):
        yield


def refused(code, member, session, people=(), **values):
    """The booking is refused with this code and nothing has changed; gives the refusal."""
    before = everything()
    with pytest.raises(DomainError) as caught:
        booked(member, session, people, **values)
    assert caught.value.code == code
    assert everything() == before
    return caught.value


def figures(school):
    with enter(Identity(STAFF)):
        return figures_of([school.agreement.pk], NOW)[school.agreement.pk]


def test_named_seats_are_booked_and_blank_ones_held(school, centre):
    session = centre.session()
    seats = booked(school.keeper, session, school.learners(2), blanks=3)
    assert sorted(s.state for s in seats) == [S.BOOKED] * 2 + [S.HELD] * 3
    assert {s.hold_expires_at for s in seats if s.is_blank} == {session.hold_until}
    assert {s.agreement_id for s in seats} == {school.agreement.pk}
    found = figures(school)
    assert (found.granted, found.used, found.held, found.remaining) == (100, 2, 3, 95)


def test_a_refusal_says_what_blocks_and_shows_the_arithmetic(school, other, centre):
    session = centre.session(capacity=6)
    booked(other.keeper, session, blanks=4)
    said = str(refused("seats_full", school.keeper, session, blanks=3))
    assert "6 seats − 4 taken = 2" in said


def test_seats_kept_for_a_university_are_for_nobody_else(school, other, centre):
    session = centre.session(capacity=7)
    with office(centre.lead) as actor:
        shares.set_share(
            actor=actor, now=NOW, session=session, tenant=other.tenant, seats=4, until=NOW + DAY
        )
    assert "4 kept for universities" in str(refused("seats_full", school.keeper, session, blanks=4))
    booked(school.keeper, session, blanks=2)
    booked(other.keeper, session, blanks=4)
    # A share is the most, too, until its moment.
    assert "4 seats − 4 taken" in str(refused("seats_full", other.keeper, session, blanks=1))


def test_after_its_moment_a_share_is_in_the_pool(school, other, centre):
    session = centre.session(capacity=6)
    with office(centre.lead) as actor:
        shares.set_share(
            actor=actor, now=NOW, session=session, tenant=other.tenant, seats=4, until=NOW + DAY
        )
    booked(school.keeper, session, blanks=6, now=NOW + DAY)
    assert states() == [S.HELD] * 6


def test_an_agreement_blocks(make_school, centre):
    school = make_school(seats=2)
    session = centre.session()
    said = str(refused("seats_full", school.keeper, session, blanks=3))
    assert "2 Granted = 2" in said
    booked(school.keeper, session, blanks=2)
    refused("seats_full", school.keeper, session, blanks=1)


def test_a_funding_line_blocks_across_sessions_and_universities(school, other, centre):
    line = centre.line(seats=3)
    booked(other.keeper, centre.session(), blanks=2, funding_line=line)
    session = centre.session(start=NOW + 11 * DAY)
    refused("seats_full", school.keeper, session, blanks=2, funding_line=line)
    booked(school.keeper, session, blanks=1, funding_line=line)


def test_a_funding_line_pays_for_its_period_alone(school, centre):
    today = NOW.date()
    line = centre.line(starts_on=today - 9 * DAY, ends_on=today)
    refused("funding_period", school.keeper, centre.session(), blanks=1, funding_line=line)


def test_most_seats_of_one_organisation(school, centre):
    session = centre.session(most_per_organisation=2)
    refused("seats_full", school.keeper, session, blanks=3)


def test_without_an_agreement_a_university_books_nothing(make, centre):
    keeper = make.member(make.tenant(kind="university"), "coordinator")
    refused("no_agreement", keeper, centre.session(), blanks=1)


@pytest.mark.parametrize("moment", [-2 * DAY, 9 * DAY])
def test_before_it_opens_and_after_it_closes_nothing_is_booked(school, centre, moment):
    refused("not_open", school.keeper, centre.session(), school.learners(1), now=NOW + moment)


def test_a_draft_cannot_be_booked(school, centre):
    refused("not_open", school.keeper, centre.draft(), blanks=1)


def test_blank_seats_are_held_until_their_moment_at_most(school, centre):
    session = centre.session()
    refused("holds_over", school.keeper, session, blanks=1, now=session.hold_until)
    booked(school.keeper, session, school.learners(1), now=session.hold_until)


@pytest.mark.parametrize("blanks", [0, -1, 1001])
def test_a_number_that_is_none_is_refused(school, centre, blanks):
    refused("how_many", school.keeper, centre.session(), blanks=blanks)


def test_one_person_has_one_seat_in_a_session(school, centre):
    session, learner = centre.session(), school.learner()
    refused("named_twice", school.keeper, session, [learner, learner])
    booked(school.keeper, session, [learner])
    refused("people_refused", school.keeper, session, [learner])


def test_two_sessions_at_the_same_time(school, centre):
    learner = school.learner()
    booked(school.keeper, centre.session(), [learner])
    later = centre.session(start=NOW + 10 * DAY + 2 * HOUR)
    said = refused("people_refused", school.keeper, later, [learner, school.learner()])
    assert list(said.problems) == [learner.pk]
    assert "same time" in str(said)
    booked(school.keeper, centre.session(start=NOW + 10 * DAY + 3 * HOUR), [learner])


def test_a_course_that_requires_another(school, centre):
    first = centre.course()
    session = centre.session(centre.course(required=[first]))
    learner = school.learner()
    assert "requires" in str(refused("people_refused", school.keeper, session, [learner]))
    passed(school, centre.session(first, start=NOW + 20 * DAY), learner)
    booked(school.keeper, session, [learner])


def passed(school, session, learner, state=S.PASSED):
    """As if it had been taught; attendance has its own tests."""
    (seat,) = booked(school.keeper, session, [learner])
    with enter(Identity(STAFF)):
        Seat.objects.filter(pk=seat.pk).update(state=state)


def test_who_did_not_come_twice_only_waits(school, centre):
    learner = school.learner()
    for day in (20, 21):
        passed(school, centre.session(start=NOW + day * DAY), learner, S.NO_SHOW)
    session = centre.session()
    said = refused("people_refused", school.keeper, session, [learner])
    assert "waiting list only" in str(said)
    seats = booked(school.keeper, session, [learner, school.learner()], waits=True)
    assert [s.state for s in seats] == [S.BOOKED, S.WAITLISTED]
    assert seats[1].learner_id == learner.pk
    assert seats[1].priority < 0


def test_who_left_or_took_the_consent_back_is_not_booked(school, centre):
    session, (gone, withdrew) = centre.session(), school.learners(2)
    with portal(school.keeper) as actor:
        release_learner(actor=actor, now=NOW, learner=gone)
        declare_consent(actor=actor, now=NOW, learner=withdrew)
        withdraw_consent(actor=actor, now=NOW, learner=withdrew, own_wish=False)
    said = refused("people_refused", school.keeper, session, [gone, withdrew])
    assert set(said.problems) == {gone.pk, withdrew.pk}


def test_people_of_another_university_are_not_booked(school, other, centre):
    refused("not_own", school.keeper, centre.session(), [other.learner()])


def test_a_weaker_role_and_another_kind_of_organisation(make, school, centre):
    session = centre.session()
    before = everything()
    with pytest.raises(NotPermitted):
        booked(make.member(school.tenant, "member"), session, blanks=1)
    with pytest.raises(NotPermitted), portal(school.keeper) as actor:
        book(actor=actor, now=NOW, session=session, blanks=1, overdraw="because")
    assert everything() == before
    refused("kind", make.member(make.tenant(kind="funder"), "owner"), session, blanks=1)


def test_nobody_books_for_a_neighbour(school, other, centre):
    session = centre.session()
    with pytest.raises(NotPermitted), portal(school.keeper) as actor:
        book(actor=actor, now=NOW, session=session, blanks=1, tenant=other.tenant)
    assert states() == []


def test_staff_book_beyond_an_agreement_with_a_reason(make, make_school, centre):
    school, session = make_school(seats=1), centre.session(capacity=3)
    with office(centre.lead) as actor:
        values = {"actor": actor, "now": NOW, "session": session, "tenant": school.tenant}
        with pytest.raises(DomainError, match="seats are asked for"):
            book(**values, blanks=2)
        book(**values, blanks=2, overdraw="Promised at the fair")
        with pytest.raises(DomainError, match="2 taken = 1"):
            book(**values, blanks=2, overdraw="No room is no room")
    assert figures(school).remaining == -1
    assert {seat.reason for seat in seats_now()} == {"Promised at the fair"}


def test_where_the_park_approves_seats_are_asked_for(school, centre):
    session = centre.session(capacity=1, needs_approval=True)
    booked(school.keeper, session, school.learners(2))
    assert states() == [S.REQUESTED] * 2
    assert figures(school).used == 0


def test_the_rule_of_the_course_is_frozen_when_it_opens(centre):
    course = centre.course()
    session = centre.session(course)
    assert (session.minutes, session.hours, session.price) == (360, Decimal(8), Decimal(300))
    assert (session.attendance_percent, session.test_required) == (80, False)


# -- enterprises -----------------------------------------------------------------------------------


def test_an_enterprise_books_for_its_people_and_pays_when_it_begins(owner, make, centre):
    session = centre.session()
    colleague = make.member(owner.tenant, "member")
    booked(owner, session, [owner, colleague])
    assert states() == [S.BOOKED] * 2
    with office(centre.lead) as actor:
        sessions.close_session(actor=actor, now=NOW, session=session)
        sessions.start_session(actor=actor, now=NOW + 11 * DAY, session=session)
        charges = Charge.objects.values_list("tenant", "amount", "currency", "source_type")
        assert set(charges) == {(owner.tenant_id, Decimal(300), "CNY", "training.seat")}
        assert len(charges) == 2
        details = set(Charge.objects.values_list("quantity", "unit_price", "rate_card"))
        course = session.course.code
        assert {(int(q), int(p), card.split()[0]) for q, p, card in details} == {(1, 300, course)}


def test_an_enterprise_does_not_help_itself_to_public_money(owner, centre):
    session, line = centre.session(), centre.line()
    with pytest.raises(NotPermitted):
        booked(owner, session, [owner], funding_line=line)
    assert states() == []


def test_an_enterprise_that_cancels_late_is_charged(owner, centre):
    session = centre.session()
    (seat,) = booked(owner, session, [owner])
    with portal(owner) as actor:
        giving_up.cancel(actor=actor, now=session.cancel_until + HOUR, seats=[seat])
        assert Charge.objects.get().amount == Decimal(300)


def test_a_seat_with_nothing_to_pay_is_not_charged(owner, centre):
    session = centre.session(centre.course(price=Decimal(0)))
    (seat,) = booked(owner, session, [owner])
    with portal(owner) as actor:
        giving_up.cancel(actor=actor, now=session.cancel_until + HOUR, seats=[seat])
        assert not Charge.objects.exists()


# -- names -----------------------------------------------------------------------------------------


def named(member, pairs, now=NOW):
    with portal(member) as actor:
        return naming.name_seats(actor=actor, now=now, names=pairs)


def test_a_blank_seat_is_booked_with_its_name(school, centre):
    seats = booked(school.keeper, centre.session(), blanks=2)
    learner = school.learner()
    named(school.keeper, {seats[0]: learner})
    assert states() == [S.BOOKED, S.HELD]
    assert seats_now()[0].learner_id == learner.pk
    assert figures(school).used == 1


def test_a_name_is_changed_until_the_cut_off(school, centre):
    session = centre.session()
    (seat,) = booked(school.keeper, session, school.learners(1))
    learner = school.learner()
    named(school.keeper, {seat: learner}, now=session.closes_at - HOUR)
    assert seats_now()[0].learner_id == learner.pk
    before = everything()
    with pytest.raises(DomainError) as caught:
        named(school.keeper, {seat: school.learner()}, now=session.closes_at)
    assert caught.value.code == "names_closed"
    assert everything() == before


def test_names_are_refused_as_bookings_are_and_all_of_them(school, centre):
    session, learner = centre.session(), school.learner()
    booked(school.keeper, session, [learner])
    seats = booked(school.keeper, session, blanks=2)
    fresh = school.learner()
    before = everything()
    with pytest.raises(DomainError) as caught:
        named(school.keeper, {seats[0]: fresh, seats[1]: learner})
    assert caught.value.code == "people_refused"
    assert everything() == before


def test_a_hold_that_is_over_cannot_be_named(school, centre):
    session = centre.session()
    (seat,) = booked(school.keeper, session, blanks=1)
    with pytest.raises(WrongState):
        named(school.keeper, {seat: school.learner()}, now=session.hold_until)


def test_a_stranger_names_nothing(school, other, centre):
    (seat,) = booked(school.keeper, centre.session(), blanks=1)
    before = everything()
    with pytest.raises((Seat.DoesNotExist, DomainError)):
        named(other.keeper, {seat: other.learner()})
    assert everything() == before


# -- what is left ----------------------------------------------------------------------------------


def test_what_a_page_says_is_left_is_what_can_be_booked(make_school, other, centre):
    school = make_school(seats=7)
    session = centre.session(capacity=9)
    booked(other.keeper, session, blanks=4)
    with portal(school.keeper):
        (offer,) = offers_of(school.tenant, list(dated(Session.objects.all())), NOW)
    assert (offer.left, offer.blocking.code) == (5, "session")
    booked(school.keeper, session, blanks=offer.left)
    refused("seats_full", school.keeper, session, blanks=1)
