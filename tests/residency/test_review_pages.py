"""The pages of review and decision in the staff site, and what they hide."""

from __future__ import annotations

import pytest
from django.urls import reverse

from residency.models import Application, Criterion, ReviewPolicy
from residency.operations import reviews
from tenants.models import TrailEntry
from tests.residency.reviewing import (
    ANCHORS,
    NOW,
    at_work,
    due,
    looking_on,
    policy,
    reviewed,
    under_review,
)


@pytest.fixture
def people(park, make):
    return [make.member(park, role, is_staff=True) for role in ("manager", "member")]


@pytest.fixture
def asked(park, staff, people):
    """Under review; the first has given 5, 5, 4 with comments, the second nothing yet."""
    with looking_on(park):
        own = reviewed(park, staff, people, (5, 5, 4))
        return own, list(own.reviews.order_by("pk"))


def page_of(review, step="scores"):
    return reverse("admin:residency_review_step", kwargs={"object_id": review.pk, "step": step})


def decision_of(own):
    where = {"object_id": own.pk, "step": "decision"}
    return reverse("admin:residency_application_step", kwargs=where)


def test_the_page_shows_what_every_score_means_and_takes_them(sign_in, park, people, asked):
    own, (_first, second) = asked
    browser = sign_in(people[1])
    page = browser.get(reverse("admin:residency_review_change", args=[second.pk]), follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == page_of(second)
    assert all(meaning["zh"] in text for meaning in ANCHORS.values())
    assert "plan: 5" not in text, "the other's comment"
    given = {"score_plan": "4", "score_team": "3"}
    missing = browser.post(page_of(second), given)
    assert missing.status_code == 200
    assert "score_fit" in missing.context["form"].errors
    with looking_on(park):
        assert own.reviews.get(pk=second.pk).submitted_at is None
    browser.post(page_of(second), given | {"score_fit": "2", "comment_fit": "thin"})
    with looking_on(park):
        kept = own.reviews.get(pk=second.pk)
    assert (str(kept.average), kept.scores["fit"]) == ("3.10", {"score": 2, "comment": "thin"})


def test_whoever_has_not_answered_is_reminded_with_a_text_to_copy(sign_in, staff, asked):
    own, (first, second) = asked
    page = sign_in(staff).get(reverse("admin:residency_application_change", args=[own.pk]))
    text = page.content.decode()
    assert reverse("admin:residency_review_change", args=[second.pk]) in text
    assert reverse("admin:residency_review_change", args=[first.pk]) not in text


def test_nobody_opens_the_scores_page_of_another(sign_in, people, asked):
    _own, (_first, second) = asked
    answer = sign_in(people[0]).get(page_of(second))
    assert answer.status_code == 302


def test_scores_stand_on_no_page_before_they_may_be_read(sign_in, park, staff, people, asked):
    own, (first, second) = asked
    with looking_on(park):
        told = list(TrailEntry.objects.filter(table="residency_review", row_id=first.pk))
    pages = [
        reverse("admin:residency_review_changelist"),
        reverse("admin:residency_review_change", args=[first.pk]),
        reverse("admin:residency_application_change", args=[own.pk]),
        decision_of(own),
        *(reverse("admin:tenants_trailentry_change", args=[entry.pk]) for entry in told),
    ]
    assert len(pages) > 5
    browser = sign_in(staff)
    for address in pages:
        text = browser.get(address, follow=True).content.decode()
        assert "plan: 5" not in text, address
        assert str(first.average) not in text, address
    with at_work(people[1]) as actor:
        reviews.declare_conflict(actor=actor, now=NOW, review=second, reason="cousin")
    assert "plan: 5" not in browser.get(decision_of(own)).content.decode()


def test_the_decision_page_shows_averages_side_by_side_and_decides(
    sign_in, park, staff, people, settings
):
    with looking_on(park):
        own = reviewed(park, staff, people, (5, 5, 4), (4, 2, 2))
    browser = sign_in(staff)
    text = browser.get(decision_of(own)).content.decode()
    for shown in ("plan: 5", "team: 2", "4.50", "3.50", "3.00", "3.75"):
        assert shown in text, shown
    given = {"outcome": "conditional", "reason": "", "text_1": "Insurance"}
    half = browser.post(decision_of(own), given)
    assert "text_1" in half.context["form"].errors
    with looking_on(park):
        assert Application.objects.get(pk=own.pk).state == "review"
    given |= {"owner_1": str(people[0].user_id), "due_1": due().isoformat()}
    browser.post(decision_of(own), given)
    with looking_on(park):
        decided = Application.objects.get(pk=own.pk)
        assert (decided.state, str(decided.average)) == ("conditional", "3.75")
        assert decided.conditions.get().text == "Insurance"
    address = reverse("admin:residency_application_change", args=[own.pk])
    text = browser.get(address).content.decode()
    assert 'data-copies="condition-1"' in text
    assert f"{settings.PORTAL_URL}{address}" in text


def test_reviewers_are_asked_on_a_page_that_leaves_out_the_applicants_own(
    sign_in, park, make, staff, people
):
    with looking_on(park):
        contact = make.member(park, "manager", is_staff=True)
        own = under_review(park, 2, contact_email=contact.user.email)
    where = {"object_id": own.pk, "step": "reviewers"}
    address = reverse("admin:residency_application_step", kwargs=where)
    browser = sign_in(staff)
    text = browser.get(address).content.decode()
    assert f'name="people" value="{people[0].user_id}"' in text
    assert f'name="people" value="{contact.user_id}"' not in text
    browser.post(address, {"people": [member.user_id for member in people]})
    with looking_on(park):
        assert own.reviews.count() == 2


def test_policy_and_rubric_are_data_that_only_leads_set(sign_in, park, make, staff):
    add = reverse("admin:residency_criterion_add")
    anchors = {
        f"anchor_{score}_{code}": text
        for score, texts in ANCHORS.items()
        for code, text in texts.items()
    }
    with looking_on(park):
        own = policy(park)
    given = {"policy": own.pk, "code": "new", "label_zh": "新", "label_en": "New", "weight": 10}
    given |= {"position": 9}
    assert sign_in(make.member(park, "operations", is_staff=True)).get(add).status_code == 403
    browser = sign_in(staff)
    assert browser.post(add, given | anchors | {"anchor_3_en": " "}).status_code == 200
    with looking_on(park):
        assert Criterion.objects.count() == 3
    assert browser.post(add, given | anchors).status_code == 302
    change = reverse("admin:residency_reviewpolicy_change", args=[own.pk])
    browser.post(change, {"reviewers": 3, "pass_mark": "3.5", "answer_days": 10})
    with looking_on(park):
        made = Criterion.objects.get(code="new")
        assert made.anchors == ANCHORS
        assert ReviewPolicy.objects.get(pk=own.pk).reviewers == 3


def test_a_rule_in_force_is_ended_and_not_altered(sign_in, park, staff):
    browser = sign_in(staff)
    given = {"kind": "exporter", "code": "age_at_most", "figure": "36", "is_blocking": "on"}
    given |= {"starts_on": "2024-01-01", "source": "rule book"}
    assert browser.post(reverse("admin:residency_admissionrule_add"), given).status_code == 302
    from residency.models import AdmissionRule

    with looking_on(park):
        rule = AdmissionRule.objects.get()
    change = reverse("admin:residency_admissionrule_change", args=[rule.pk])
    assert browser.post(change, given | {"figure": "48"}).status_code == 200
    assert browser.post(change, given | {"ends_on": "2030-12-31"}).status_code == 302
    with looking_on(park):
        kept = AdmissionRule.objects.get()
    assert (int(kept.figure or 0), str(kept.ends_on)) == (36, "2030-12-31")
