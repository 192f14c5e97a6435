"""Every step of review and decision, from every state, by every role."""

from io import BytesIO

import pytest

from foundation.errors import DomainError, NotPermitted, WrongState
from residency.models import Application, ApplicationState, Condition, Review
from residency.operations import decisions, reviews
from residency.rubrics import frozen
from tests.residency.reviewing import (
    NOW,
    application,
    at_work,
    due,
    looking_on,
    policy,
    scores,
)

State = ApplicationState
ROLES = ["owner", "manager", "operations", "finance", "coordinator", "member"]
LEADS, DESK = {"owner", "manager"}, {"owner", "manager", "operations"}


def decided(outcome, **values):
    return lambda own, person, **who: decisions.decide(
        application=own, outcome=outcome, reason="so", **values, **who
    )


def with_condition(own, person, **who):
    one = decisions.Wanted(text="Insurance", owner=person, due_on=due())
    return decisions.decide(
        application=own, outcome=State.CONDITIONAL, reason="so", conditions=[one], **who
    )


# Name: the operation, the one state it starts from, where it leads, who may.
STEPS = {
    "begin": (
        lambda own, person, **who: reviews.begin_review(application=own, **who),
        State.CHECKING, State.REVIEW, DESK,
    ),
    "ask": (
        lambda own, person, **who: reviews.assign_reviewers(
            application=own, people=[person], **who
        ),
        State.REVIEW, State.REVIEW, LEADS,
    ),
    "minutes": (
        lambda own, person, **who: reviews.upload_minutes(
            application=own, file=BytesIO(b"so"), name="m.txt", **who
        ),
        State.REVIEW, State.REVIEW, DESK,
    ),
    "offer": (decided(State.OFFERED), State.REVIEW, State.OFFERED, LEADS),
    "reject": (decided(State.REJECTED), State.REVIEW, State.REJECTED, LEADS),
    "conditions": (with_condition, State.REVIEW, State.CONDITIONAL, LEADS),
    "confirm": (
        lambda own, person, **who: decisions.confirm_offer(application=own, **who),
        State.CONDITIONAL, State.OFFERED, LEADS,
    ),
    "decline": (
        lambda own, person, **who: decisions.decline_conditional(
            application=own, reason="so", **who
        ),
        State.CONDITIONAL, State.REJECTED, LEADS,
    ),
}  # fmt: skip


@pytest.fixture
def there(park, enterprise, staff):
    """An application in a state, so that nothing but state and role stands in the way."""
    with looking_on(park):
        rules = policy(park)

    def _there(state, step):
        """Minutes decide, or where reviewers are asked, their scores."""
        rubric = frozen(rules) | {"reviewers": 1 if step == "ask" else 0}
        after = state in {"offered", "conditional", "contracting", "signed", "resident"}
        decided = {"decided_by": staff.user, "decided_at": NOW} if after else {}
        returned = {"returned_at": NOW, "return_note": "x"} if state == State.RETURNED else {}
        own = application(
            park, state, rubric=rubric, organisation=enterprise if after else None,
            **decided, **returned,
        )  # fmt: skip
        if state == State.REVIEW and step in {"offer", "reject", "conditions"}:
            with at_work(staff) as actor:
                reviews.upload_minutes(
                    actor=actor, now=NOW, application=own, file=BytesIO(b"x"), name="m.txt"
                )
        return own

    with looking_on(park):
        yield _there


@pytest.mark.parametrize("step", STEPS)
def test_a_step_starts_from_its_state_alone(there, staff, make, park, step):
    operate, start, end, _roles = STEPS[step]
    person = make.member(park, "manager", is_staff=True).user
    for state in State.values:
        own = there(state, step)
        with at_work(staff) as actor:
            if state == start:
                operate(own, person, actor=actor, now=NOW)
            else:
                with pytest.raises(WrongState):
                    operate(own, person, actor=actor, now=NOW)
        after = Application.objects.get(pk=own.pk).state
        assert after == (end if state == start else state), state
        Application.objects.filter(pk=own.pk).update(registration_number="")


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_by_its_roles_alone(there, make, park, owner, step):
    operate, start, end, roles = STEPS[step]
    person = make.member(park, "manager", is_staff=True).user
    for role in ROLES:
        own = there(start, step)
        with at_work(make.member(park, role, is_staff=True)) as actor:
            if role in roles:
                operate(own, person, actor=actor, now=NOW)
            else:
                with pytest.raises(NotPermitted):
                    operate(own, person, actor=actor, now=NOW)
        after = Application.objects.get(pk=own.pk).state
        assert after == (end if role in roles else start), role
    with pytest.raises(NotPermitted):
        operate(there(start, step), person, actor=owner.actor(), now=NOW)


def score(review, **who):
    return reviews.submit_review(review=review, scores=scores(3, 3, 3), **who)


def refuse(review, **who):
    return reviews.declare_conflict(review=review, reason="cousin", **who)


def withdraw(review, **who):
    return reviews.withdraw_request(review=review, **who)


@pytest.mark.parametrize("operate", [score, refuse, withdraw])
def test_a_review_is_answered_while_the_application_is_under_review(there, staff, park, operate):
    for state in State.values:
        own = there(state, "ask")
        review = Review.objects.create(
            tenant=park, application=own, reviewer=staff.user, assigned_by=staff.user
        )
        before = Review.objects.filter(pk=review.pk).values().get()
        with at_work(staff) as actor:
            if state == State.REVIEW:
                operate(review, actor=actor, now=NOW)
                continue
            with pytest.raises(WrongState):
                operate(review, actor=actor, now=NOW)
        assert Review.objects.filter(pk=review.pk).values().get() == before


def test_a_condition_is_met_while_the_application_hangs_on_it(there, staff, park):
    for state in State.values:
        own = there(state, "confirm")
        condition = Condition.objects.create(
            tenant=park, application=own, text="Insurance", owner=staff.user, due_on=due()
        )
        with at_work(staff) as actor:
            if state == State.CONDITIONAL:
                decisions.meet_condition(actor=actor, now=NOW, condition=condition, how="so")
                continue
            with pytest.raises(WrongState):
                decisions.meet_condition(actor=actor, now=NOW, condition=condition, how="so")
        assert Condition.objects.get(pk=condition.pk).met_at is None


def test_the_model_itself_refuses_every_other_pair():
    for before in State.values:
        for after in State.values:
            own = Application(state=before)
            if after in Application.TRANSITIONS[before]:
                own.move_to(after)
                assert own.state == after
            else:
                with pytest.raises(DomainError):
                    own.move_to(after)
                assert own.state == before
