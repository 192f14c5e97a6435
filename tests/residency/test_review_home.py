"""What waits for whom, and reminders of conditions."""

from datetime import timedelta

import pytest

from backbone.models import Notice
from residency.models import Application
from residency.operations import decisions, reviews
from residency.operations.decisions import Wanted
from residency.review_home import remind_owners, staff_work
from tenants.isolation.context import enter_tenant
from tests.residency.reviewing import NOW, at_work, due, looking_on, reviewed, scores, under_review


@pytest.fixture(autouse=True)
def _looking_on(park):
    with looking_on(park):
        yield


@pytest.fixture
def people(park, make):
    return [make.member(park, role, is_staff=True) for role in ("manager", "member")]


def waiting(member):
    with at_work(member) as actor:
        return [
            item.to.arguments.get("step", item.to.view) for item in staff_work(actor=actor, now=NOW)
        ]


def test_each_sees_what_waits_for_them(park, staff, people):
    own = under_review(park, 2)
    assert waiting(staff) == ["reviewers"]
    assert waiting(people[1]) == []
    with at_work(staff) as actor:
        asked = reviews.assign_reviewers(
            actor=actor, now=NOW, application=own, people=[m.user for m in people]
        )
    assert waiting(staff) == [], "it waits for the reviewers"
    for member, review in zip(people, asked, strict=True):
        assert "admin:residency_review_change" in waiting(member)
        with at_work(member) as actor:
            reviews.submit_review(actor=actor, now=NOW, review=review, scores=scores(4, 4, 4))
    assert waiting(people[1]) == []
    assert waiting(staff) == ["decision"]
    with at_work(staff) as actor:
        one = Wanted(text="Insurance", owner=people[1].user, due_on=due(5))
        decisions.decide(
            actor=actor, now=NOW, application=own, outcome="conditional", conditions=[one]
        )
    assert waiting(staff) == []
    assert waiting(people[1]) == ["admin:residency_condition_change"]
    with at_work(people[1]) as actor:
        condition = Application.objects.get(pk=own.pk).conditions.get()
        decisions.meet_condition(actor=actor, now=NOW, condition=condition, how="Policy 7")
    assert waiting(staff) == ["offer"]


def test_minutes_are_asked_for_where_a_meeting_decides(park, staff):
    under_review(park, 0)
    assert waiting(staff) == ["minutes"]


def test_owners_are_reminded_once_soon_and_once_when_it_is_over(park, staff, people):
    own = reviewed(park, staff, people[:1], (4, 4, 4))
    with at_work(staff) as actor:
        one = Wanted(text="Insurance", owner=people[1].user, due_on=due(10))
        decisions.decide(
            actor=actor, now=NOW, application=own, outcome="conditional", conditions=[one]
        )

    def told(days):
        with enter_tenant(park.pk):
            for _twice in range(2):
                remind_owners(NOW + timedelta(days=days))
            return Notice.objects.filter(kind="residency.condition_due").count()

    assert [told(6), told(7), told(10), told(11), told(30)] == [0, 1, 1, 2, 2]
