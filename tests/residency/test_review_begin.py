"""The beginning of a review: what has to be so, and what is frozen."""

import pytest
from django.utils.translation import override

from foundation.errors import DomainError, NotPermitted, WrongState
from residency.models import (
    AdmissionRule,
    Application,
    ApplicationDocument,
    Criterion,
    DocumentRequirement,
    Mark,
    ReviewPolicy,
)
from residency.operations import admission, reviews
from tests.residency.reviewing import NOW, TODAY, application, at_work, looking_on, policy


@pytest.fixture(autouse=True)
def _looking_on(park):
    with looking_on(park):
        yield


@pytest.fixture
def lead(park, staff):
    with at_work(staff) as actor:
        yield actor


def document(park, own, *, mark=Mark.COMPLETE, required=True):
    requirement = DocumentRequirement.objects.create(
        tenant=park, kind=own.kind, code=f"d{own.documents.count()}", is_required=required,
        label_zh="营业执照", label_en="Business licence",
    )  # fmt: skip
    reason = "cut off" if mark in (Mark.INVALID, Mark.MISSING) else ""
    return ApplicationDocument.objects.create(
        tenant=park, application=own, requirement=requirement, mark=mark, reason=reason
    )


def begin(actor, own):
    return reviews.begin_review(actor=actor, now=NOW, application=own)


def state_of(own):
    return Application.objects.get(pk=own.pk).state


def test_the_rubric_is_frozen_and_later_changes_do_not_reach_it(park, lead):
    rules = policy(park)
    own = begin(lead, application(park))
    before = Application.objects.get(pk=own.pk).rubric
    admission.set_policy(actor=lead, now=NOW, policy=rules, reviewers=3, pass_mark=4)
    criterion, *_others, last = rules.criteria.all()
    admission.set_criterion(
        actor=lead, now=NOW, criterion=criterion, anchors=criterion.anchors, weight=99
    )
    admission.remove_criterion(actor=lead, now=NOW, criterion=last)
    assert Application.objects.get(pk=own.pk).rubric == before
    assert before["reviewers"] == 2
    assert [each["weight"] for each in before["criteria"]] == [40, 30, 30]
    assert before["criteria"][0]["anchors"]["5"]["en"] == "What 5 means"
    assert Criterion.objects.count() == 2


@pytest.mark.parametrize("mark", [Mark.UNCHECKED, Mark.MISSING, Mark.INVALID])
def test_a_required_document_that_is_not_complete_stops_it(park, lead, mark):
    policy(park)
    own = application(park)
    document(park, own, mark=mark)
    with pytest.raises(DomainError) as refusal:
        begin(lead, own)
    assert refusal.value.code == "documents_open"
    assert "营业执照" in str(refusal.value)
    assert state_of(own) == "checking"


def test_other_documents_do_not_stop_it(park, lead):
    policy(park)
    own = application(park)
    document(park, own, mark=Mark.INVALID, required=False)
    assert begin(lead, own).state == "review"


def test_a_rule_that_blocks_stops_it_and_others_are_told(park, lead):
    policy(park)
    rules = {"tenant": park, "kind": "exporter", "starts_on": TODAY, "source": "rule book"}
    AdmissionRule.objects.create(code="volume_at_least", figure=1, is_blocking=False, **rules)
    AdmissionRule.objects.create(code="age_at_most", figure=36, **rules)
    AdmissionRule.objects.create(code="headcount_at_least", figure=3, **rules)
    own = application(park, headcount=2, volume=0)
    with override("en"), pytest.raises(DomainError) as refusal:
        begin(lead, own)
    assert refusal.value.code == "rule_missed"
    with override("en"):
        assert "at least 3 needed" in str(refusal.value)
    assert state_of(own) == "checking"
    Application.objects.filter(pk=own.pk).update(headcount=3)
    found = {each["code"]: each["met"] for each in begin(lead, own).findings}
    assert found == {"volume_at_least": False, "age_at_most": None, "headcount_at_least": True}


def test_without_policy_or_rubric_it_does_not_begin(park, lead):
    own = application(park)
    with pytest.raises(DomainError) as refusal:
        begin(lead, own)
    assert refusal.value.code == "policy_missing"
    made = ReviewPolicy.objects.create(tenant=park, kind="exporter", reviewers=2)
    with pytest.raises(DomainError) as refusal:
        begin(lead, own)
    assert refusal.value.code == "rubric_empty"
    assert state_of(own) == "checking"
    admission.set_policy(actor=lead, now=NOW, policy=made, reviewers=0)
    assert begin(lead, own).rubric["reviewers"] == 0


def test_it_begins_once(park, lead):
    policy(park)
    own = application(park)
    begin(lead, own)
    with pytest.raises(WrongState):
        begin(lead, own)


@pytest.mark.parametrize("role", ["finance", "coordinator", "member"])
def test_others_do_not_begin_it(park, make, role):
    policy(park)
    own = application(park)
    with at_work(make.member(park, role, is_staff=True)) as actor, pytest.raises(NotPermitted):
        begin(actor, own)
    assert state_of(own) == "checking"
