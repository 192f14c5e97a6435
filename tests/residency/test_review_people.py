"""Who reviews, conflicts of interest, and scores that are hidden until they may be read."""

import pytest

from backbone.models import Notice
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import Application, Review
from residency.operations import decisions, reviews
from tests.residency.reviewing import NOW, at_work, looking_on, reviewed, scores, under_review


@pytest.fixture(autouse=True)
def _looking_on(park):
    with looking_on(park):
        yield


@pytest.fixture
def people(park, make):
    """Four of the park's staff, each of another role."""
    roles = ["manager", "operations", "finance", "member"]
    return [make.member(park, role, is_staff=True) for role in roles]


def ask(lead, own, *members):
    with at_work(lead) as actor:
        return reviews.assign_reviewers(
            actor=actor, now=NOW, application=own, people=[m.user for m in members]
        )


def submit(member, review, *three):
    with at_work(member) as actor:
        return reviews.submit_review(actor=actor, now=NOW, review=review, scores=scores(*three))


def readable(member, own):
    """Whose scores this person may read."""
    with at_work(member) as actor:
        found = Review.objects.readable_by(actor).filter(application=own)
        return set(found.values_list("reviewer", flat=True))


def test_whoever_is_asked_is_told(park, staff, people, letters):
    own = under_review(park)
    ask(staff, own, *people[:2])
    with at_work(staff):
        told = Notice.objects.filter(kind="residency.review_asked")
        assert {notice.user_id for notice in told} == {m.user_id for m in people[:2]}
    assert {tuple(mail.to) for mail in letters()} == {(m.user.email,) for m in people[:2]}


def test_at_least_as_many_are_asked_as_the_kind_wants(park, staff, people):
    own = under_review(park, 2)
    for chosen in (people[:0], people[:1]):
        with pytest.raises(InvalidInput):
            ask(staff, own, *chosen)
    assert not own.reviews.exists()
    ask(staff, own, *people[:3])
    assert own.reviews.count() == 3


def test_nobody_is_asked_twice(park, staff, people):
    own = under_review(park, 1)
    ask(staff, own, people[0])
    with pytest.raises(InvalidInput):
        ask(staff, own, people[0])
    assert own.reviews.count() == 1


def test_the_applicants_own_people_cannot_review(park, enterprise, staff, make, people):
    enterprise.registration_number = ""
    inside = make.member(park, "manager", is_staff=True)
    make.member(enterprise, "owner", user=inside.user)
    contact = make.member(park, "manager", is_staff=True)
    outsider = make.member(enterprise, "manager")
    own = under_review(park, 1, organisation=enterprise, contact_email=contact.user.email.upper())
    for member in (inside, contact, outsider):
        with pytest.raises(InvalidInput) as refusal:
            ask(staff, own, member)
        assert refusal.value.code == "not_a_candidate"
    ask(staff, own, people[0])


def test_where_a_meeting_decides_nobody_is_asked(park, staff, people):
    own = under_review(park, 0)
    with pytest.raises(DomainError) as refusal:
        ask(staff, own, people[0])
    assert refusal.value.code == "meeting_decides"


def test_once_all_are_in_nobody_is_asked_any_more(park, staff, people):
    own = reviewed(park, staff, people[:1], (3, 3, 3))
    with pytest.raises(DomainError) as refusal:
        ask(staff, own, people[1])
    assert refusal.value.code == "reviews_complete"


@pytest.mark.parametrize("role", ["operations", "finance", "coordinator", "member"])
def test_only_leads_ask_reviewers(park, make, people, role):
    own = under_review(park, 1)
    with pytest.raises(NotPermitted):
        ask(make.member(park, role, is_staff=True), own, people[0])
    assert not own.reviews.exists()


def test_a_review_is_final(park, staff, people):
    own = reviewed(park, staff, people[:1], (5, 3, 2))
    review = own.reviews.get()
    assert (review.average, review.submitted_at) == (own.reviews.get().average, NOW)
    assert str(review.average) == "3.50"
    assert review.scores["plan"] == {"score": 5, "comment": "plan: 5"}
    with pytest.raises(WrongState):
        submit(people[0], review, 1, 1, 1)
    assert own.reviews.get().scores["plan"]["score"] == 5


def test_nobody_scores_for_another(park, staff, people):
    own = under_review(park, 1)
    (review,) = ask(staff, own, people[0])
    for other in (staff, people[1]):
        with pytest.raises(NotPermitted):
            submit(other, review, 3, 3, 3)
        with at_work(other) as actor, pytest.raises(NotPermitted):
            reviews.declare_conflict(actor=actor, now=NOW, review=review, reason="theirs")
    assert own.reviews.get().submitted_at is None


def test_a_conflict_does_not_count_and_another_is_asked(park, staff, people):
    own = under_review(park, 2)
    first, second = ask(staff, own, *people[:2])
    with at_work(people[0]) as actor:
        with pytest.raises(InvalidInput):
            reviews.declare_conflict(actor=actor, now=NOW, review=first, reason=" ")
        reviews.declare_conflict(actor=actor, now=NOW, review=first, reason="My sister's company")
        assert Notice.objects.filter(kind="residency.conflict_declared").count() == 1
        with pytest.raises(WrongState):
            reviews.submit_review(actor=actor, now=NOW, review=first, scores=scores(5, 5, 5))
    submit(people[1], second, 4, 4, 4)
    assert not reviews.is_complete(own)
    (third,) = ask(staff, own, people[2])
    submit(people[2], third, 2, 2, 2)
    assert reviews.is_complete(own)
    assert decisions.average_of(own) == 3
    assert readable(people[0], own) == {people[0].user_id}, "the one with the conflict"


def test_whoever_submitted_declares_no_conflict(park, staff, people):
    own = reviewed(park, staff, people[:2], (3, 3, 3))
    review = own.reviews.get(reviewer=people[0].user)
    with at_work(people[0]) as actor, pytest.raises(WrongState):
        reviews.declare_conflict(actor=actor, now=NOW, review=review, reason="too late")
    assert own.reviews.get(pk=review.pk).conflict == ""


def test_scores_are_hidden_until_they_may_be_read(park, make, staff, people):
    onlookers = [staff, *(make.member(park, r, is_staff=True) for r in ("manager", "member"))]
    first, second, third, _last = people
    own = reviewed(park, staff, people[:3], (5, 5, 5))
    one = {first.user_id}
    # Only the first is in: the first sees their own, nobody else anything but their empty one.
    assert readable(first, own) == one
    assert readable(second, own) == {second.user_id}
    assert all(readable(member, own) == set() for member in onlookers)
    submit(second, own.reviews.get(reviewer=second.user), 4, 4, 4)
    two = one | {second.user_id}
    assert readable(first, own) == readable(second, own) == two
    assert readable(third, own) == {third.user_id}, "the third has not submitted"
    assert all(readable(member, own) == set() for member in onlookers), "one is still missing"
    submit(third, own.reviews.get(reviewer=third.user), 3, 3, 3)
    everybody = two | {third.user_id}
    assert all(readable(member, own) == everybody for member in [*people, *onlookers])


def test_too_few_reviews_are_hidden_even_when_all_that_were_asked_are_in(park, staff, people):
    own = under_review(park, 2)
    first, second = ask(staff, own, *people[:2])
    submit(people[0], first, 5, 5, 5)
    with at_work(people[1]) as actor:
        reviews.declare_conflict(actor=actor, now=NOW, review=second, reason="a friend")
    assert readable(staff, own) == set()
    assert readable(people[2], own) == set(), "who may be asked next"


def test_scores_of_an_application_that_ended_can_be_read(park, staff, people):
    own = reviewed(park, staff, people[:2], (5, 5, 5))
    assert readable(staff, own) == set()
    Application.objects.filter(pk=own.pk).update(state="lost", closed_at=NOW)
    assert readable(staff, own) == {people[0].user_id}


def test_an_organisations_people_read_no_review(park, staff, people, owner):
    own = reviewed(park, staff, people[:1], (5, 5, 5))
    actor = owner.actor()
    assert not Review.objects.visible_to(actor).exists()
    assert not Review.objects.readable_by(actor).filter(application=own).exists()


def test_a_request_is_withdrawn_while_it_is_not_answered(park, staff, people):
    own = reviewed(park, staff, people[:2], (5, 5, 5))
    done, waiting = own.reviews.order_by("pk")
    with at_work(staff) as actor:
        with pytest.raises(WrongState):
            reviews.withdraw_request(actor=actor, now=NOW, review=done)
        reviews.withdraw_request(actor=actor, now=NOW, review=waiting)
    with at_work(people[1]) as actor, pytest.raises(NotPermitted):
        reviews.withdraw_request(actor=actor, now=NOW, review=done)
    assert list(own.reviews.all()) == [done]
