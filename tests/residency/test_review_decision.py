"""The decision, its letters, and conditions until all of them are met."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from backbone.models import Notice
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import Application, Condition
from residency.operations import decisions, reviews
from residency.operations.decisions import Wanted
from tests.residency.reviewing import (
    NOW,
    TODAY,
    application,
    at_work,
    due,
    looking_on,
    reviewed,
    under_review,
)


@pytest.fixture(autouse=True)
def _looking_on(park):
    with looking_on(park):
        yield


@pytest.fixture
def people(park, make):
    return [make.member(park, role, is_staff=True) for role in ("manager", "finance")]


@pytest.fixture
def scored(park, staff, people):
    """Two reviews: 3.50 and 4.00, together 3.75."""
    return reviewed(park, staff, people, (5, 3, 2), (4, 4, 4))


def decide(member, own, outcome="offered", **values):
    with at_work(member) as actor:
        return decisions.decide(actor=actor, now=NOW, application=own, outcome=outcome, **values)


def fresh(own):
    return Application.objects.get(pk=own.pk)


def refused(member, own, outcome="offered", **values):
    """The refusal; nothing was changed by it."""
    before = Application.objects.filter(pk=own.pk).values().get(), Condition.objects.count()
    with pytest.raises(DomainError) as refusal:
        decide(member, own, outcome, **values)
    after = Application.objects.filter(pk=own.pk).values().get(), Condition.objects.count()
    assert after == before
    return refusal.value


def wanted(member, text="Register within 60 days", days=60):
    return Wanted(text=text, owner=member.user, due_on=due(days))


def test_an_offer_names_who_decided_and_the_average(staff, scored, letters):
    decide(staff, scored)
    own = fresh(scored)
    assert (own.state, own.average) == ("offered", Decimal("3.75"))
    assert (own.decided_by_id, own.decided_at, own.closed_at) == (staff.user_id, NOW, None)
    (letter,) = [mail for mail in letters() if mail.to == [own.contact_email]]
    assert own.number in letter.subject
    assert "/apply/" in letter.body
    assert "3.75" not in letter.body


def test_a_refusal_needs_a_reason_and_the_applicant_reads_it(staff, scored, letters):
    assert "reason" in refused(staff, scored, "rejected", reason=" ").fields
    decide(staff, scored, "rejected", reason="The plan names no market.")
    own = fresh(scored)
    assert (own.state, own.closed_at, own.decision_reason) == (
        "rejected", NOW, "The plan names no market.",
    )  # fmt: skip
    (letter,) = [mail for mail in letters() if mail.to == [own.contact_email]]
    assert "The plan names no market." in letter.body


def test_below_the_pass_mark_accepting_needs_a_reason(park, staff, people):
    own = reviewed(park, staff, people[:1], (2, 3, 3))
    assert own.rubric["pass_mark"] == "3"
    for outcome, more in (("offered", []), ("conditional", [wanted(staff)])):
        assert "reason" in refused(staff, own, outcome, conditions=more).fields
    decide(staff, own, reason="The only one with cold storage.")
    assert (fresh(own).state, fresh(own).average) == ("offered", Decimal("2.60"))


def test_at_the_pass_mark_no_reason_is_needed(park, staff, people):
    own = reviewed(park, staff, people[:1], (3, 3, 3))
    decide(staff, own)
    assert fresh(own).state == "offered"


def test_while_a_review_is_missing_nothing_is_decided(park, staff, people):
    own = under_review(park, 2)
    assert refused(staff, own, "rejected", reason="none").code == "reviews_missing"
    with at_work(staff) as actor:
        first, second = reviews.assign_reviewers(
            actor=actor, now=NOW, application=own, people=[m.user for m in people]
        )
    assert refused(staff, own, "offered").code == "reviews_missing"
    for member, review in zip(people, (first, second), strict=True):
        with at_work(member) as actor:
            reviews.declare_conflict(actor=actor, now=NOW, review=review, reason="cousin")
    assert refused(staff, own, "offered").code == "reviews_missing"


def test_where_no_reviewers_are_asked_the_minutes_decide(park, staff):
    own = under_review(park, 0)
    assert refused(staff, own, "offered").code == "minutes_missing"
    for text in (b"first", b"second"):
        with at_work(staff) as actor:
            reviews.upload_minutes(
                actor=actor, now=NOW, application=fresh(own), file=BytesIO(text), name="minutes.txt"
            )
    kept = fresh(own).minutes
    assert kept.open().read() == b"second"
    decide(staff, own)
    assert (fresh(own).state, fresh(own).average) == ("offered", None)


def test_minutes_are_not_taken_where_reviewers_score(park, staff):
    own = under_review(park, 1)
    with at_work(staff) as actor, pytest.raises(DomainError) as refusal:
        reviews.upload_minutes(
            actor=actor, now=NOW, application=own, file=BytesIO(b"x"), name="minutes.txt"
        )
    assert refusal.value.code == "reviewers_score"
    assert fresh(own).minutes is None


def test_empty_minutes_are_refused(park, staff):
    own = under_review(park, 0)
    with at_work(staff) as actor, pytest.raises(InvalidInput):
        reviews.upload_minutes(
            actor=actor, now=NOW, application=own, file=BytesIO(b""), name="minutes.txt"
        )
    assert fresh(own).minutes is None


def test_whoever_has_a_conflict_does_not_decide(park, staff, make, people):
    own = under_review(park, 1)
    with at_work(staff) as actor:
        first, _second = reviews.assign_reviewers(
            actor=actor, now=NOW, application=own, people=[m.user for m in people]
        )
    with at_work(people[0]) as actor:
        reviews.declare_conflict(actor=actor, now=NOW, review=first, reason="cousin")
    assert refused(people[0], own, "offered").code == "conflict_of_interest"
    contact = make.member(park, "owner", is_staff=True)
    theirs = under_review(park, 1, contact_email=contact.user.email)
    assert refused(contact, theirs, "offered").code == "conflict_of_interest"


@pytest.mark.parametrize("role", ["operations", "finance", "coordinator", "member"])
def test_only_leads_decide(park, make, scored, role):
    member = make.member(park, role, is_staff=True)
    assert isinstance(refused(member, scored), NotPermitted)


def test_whoever_comes_second_is_told_who_decided(staff, people, scored):
    decide(staff, scored)
    late = refused(people[0], scored, "rejected", reason="no")
    assert (type(late), late.code) == (WrongState, "decided_already")
    assert str(staff.user) in str(late)


def test_conditions_fit_the_decision(park, make, staff, scored, owner):
    assert refused(staff, scored, "conditional").code == "conditions_do_not_fit"
    one = [wanted(staff)]
    assert refused(staff, scored, "offered", conditions=one).code == "conditions_do_not_fit"
    for bad in (wanted(staff, text=" "), wanted(staff, days=-1)):
        found = refused(staff, scored, "conditional", conditions=[*one, bad])
        assert found.code == "condition_incomplete"
    stranger = refused(staff, scored, "conditional", conditions=[wanted(owner)])
    assert stranger.code == "owner_not_of_park"
    assert "outcome" in refused(staff, scored, "resident").fields


def test_conditions_are_met_one_by_one_and_then_the_offer_holds(staff, people, scored, letters):
    _lead, colleague = people
    both = [wanted(colleague), wanted(staff, "Insurance", 0)]
    decide(staff, scored, "conditional", conditions=both)
    (letter,) = [mail for mail in letters() if mail.to == [scored.contact_email]]
    assert "Register within 60 days" in letter.body
    assert Notice.objects.filter(kind="residency.condition_owned").count() == 2
    insurance, register = fresh(scored).conditions.all()
    assert insurance.due_on == TODAY
    with at_work(staff) as actor, pytest.raises(DomainError) as refusal:
        decisions.confirm_offer(actor=actor, now=NOW, application=scored)
    assert refusal.value.code == "conditions_open"
    with at_work(colleague) as actor:
        with pytest.raises(NotPermitted):
            decisions.meet_condition(actor=actor, now=NOW, condition=insurance, how="policy")
        with pytest.raises(InvalidInput):
            decisions.meet_condition(actor=actor, now=NOW, condition=register, how=" ")
        decisions.meet_condition(actor=actor, now=NOW, condition=register, how="Licence of May")
        with pytest.raises(WrongState):
            decisions.meet_condition(actor=actor, now=NOW, condition=register, how="again")
    assert not Notice.objects.filter(kind="residency.conditions_met").exists()
    with at_work(staff) as actor:
        decisions.meet_condition(actor=actor, now=NOW, condition=insurance, how="Policy 7")
        assert Notice.objects.get(kind="residency.conditions_met").user_id == staff.user_id
        decisions.confirm_offer(actor=actor, now=NOW, application=scored)
    assert fresh(scored).state == "offered"
    assert len([mail for mail in letters() if mail.to == [scored.contact_email]]) == 2


def test_conditions_that_are_not_met_end_in_a_refusal(staff, scored):
    decide(staff, scored, "conditional", conditions=[wanted(staff)])
    with at_work(staff) as actor:
        with pytest.raises(InvalidInput):
            decisions.decline_conditional(actor=actor, now=NOW, application=scored, reason="")
        decisions.decline_conditional(
            actor=actor, now=NOW + timedelta(days=61), application=scored, reason="Not registered"
        )
        (condition,) = fresh(scored).conditions.all()
        with pytest.raises(WrongState):
            decisions.meet_condition(actor=actor, now=NOW, condition=condition, how="late")
    own = fresh(scored)
    assert (own.state, own.decision_reason) == ("rejected", "Not registered")


def test_an_application_that_was_not_reviewed_is_not_decided(park, staff):
    assert isinstance(refused(staff, application(park, "checking")), WrongState)
