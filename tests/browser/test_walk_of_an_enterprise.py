"""One enterprise from the public form to the day it has left, through every page of the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from residency.models import (
    Agreement,
    AgreementParty,
    Application,
    ApplicationDocument,
    Exit,
    Review,
    Stay,
)
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant
from tests.browser.story import PDF, Story, browser, only, row_page, story
from tests.browser.walking import Walk
from tests.makers import PASSWORD
from tests.proof import TOLD_IN
from tests.residency import reviewing
from tests.residency.conftest import ADDRESS, ANSWERS, paper
from tests.residency.making import print_papers

__all__ = ["browser", "paper", "story"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TODAY = timezone.localdate()


@pytest.fixture
def reviewers(make, park):
    with enter(Identity(STAFF)):
        reviewing.policy(park, "exporter", reviewers=2)
    return [make.member(park, "operations", user=_staff_person(make, n)) for n in (1, 2)]


def _staff_person(make, number):
    person = make.person(f"reviewer-{number}", full_name=f"评审 {number}")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


@pytest.mark.parametrize("language", TOLD_IN)
def test_an_enterprise_comes_and_leaves(language, story, staff, reviewers, paper):
    told = story(language)
    applicant = told.nobody("applicant")
    desk = told.member(staff, "staff")
    application = apply(told, applicant)
    check(desk, application)
    review(told, desk, application, reviewers)
    owner = settle(told, desk, application)
    leave(desk, owner)
    look_back(owner)
    assert [*applicant.complaints, *desk.complaints, *owner.complaints] == []


def apply(told: Story, applicant: Walk) -> Application:
    """Without an account: the form, a document, submission, and back by the mailed link."""
    applicant.go("/apply/")
    applicant.fill(kind="exporter", email=ADDRESS, language=told.language)
    applicant.send()
    home = told.link(ADDRESS, "/apply/")
    for section, answers in ANSWERS.items():
        applicant.go(f"{home}answers/{section}/")
        applicant.fill(**answers)
        applicant.send()
    applicant.go(f"{home}documents/")
    applicant.fill(file=PDF)
    applicant.send()
    applicant.go(home)
    applicant.send("/submission/")
    application = only(Application)
    assert application.state == "submitted"
    assert applicant.says(application.number)
    return application


def check(desk: Walk, application: Application) -> None:
    row = row_page(application)
    desk.go("/staff/")
    desk.step(row, "taking")
    document = only(ApplicationDocument)
    desk.step(row, "marks", **{f"mark_{document.pk}": "complete"})
    desk.step(row, "review")


def review(told: Story, desk: Walk, application: Application, reviewers) -> None:
    """Two people score apart from each other; it is accepted with a condition, which is met."""
    row = row_page(application)
    desk.step(row, "reviewers", people=[str(member.user_id) for member in reviewers])
    for number, member in enumerate(reviewers):
        walk = told.member(member, f"reviewer-{number}")
        scores = {f"score_{code}": str(4 + number) for code in reviewing.WEIGHTS}
        comments = {f"comment_{code}": "有依据 / grounded" for code in reviewing.WEIGHTS}
        own = only(Review, reviewer=member.user)
        walk.step(row_page(own), "scores", **scores, **comments)
        assert walk.complaints == []
    desk.step(
        row,
        "decision",
        outcome="conditional",
        text_1="补交海外仓合同",
        owner_1=str(reviewers[0].user_id),
        due_1=f"{TODAY + timedelta(days=20):%Y-%m-%d}",
    )
    condition = _condition(application)
    desk.step(row_page(condition), "met", how="合同已收到")
    desk.step(row, "offer")
    assert only(Application).state == "offered"


def _condition(application: Application) -> Any:
    with enter(Identity(STAFF)):
        return application.conditions.get()


def settle(told: Story, desk: Walk, application: Application) -> Walk:
    """Agreement, invitation, signatures, moving in; the owner does their part in the portal."""
    desk.go(f"{row_page(application)}steps/agreement/")
    desk.fill(slug="jinqiao")
    desk.send()
    agreement = only(Agreement)
    ours = only(AgreementParty, side="park")
    desk.step(row_page(ours), "change", signatory="刘主任", signatory_title="主任")
    desk.step(row_page(agreement), "signature")
    with enter(Identity(STAFF)):
        print_papers()
    owner = told.nobody("owner")
    owner.go(told.link(ADDRESS, "/invitations/"))
    owner.fill(full_name="陈明", password=PASSWORD, again=PASSWORD)
    owner.send()
    owner.go("/o/jinqiao/")
    address = reverse("residency:signed_copy", kwargs={"tenant": "jinqiao", "pk": agreement.pk})
    owner.go(address)
    owner.fill(file=PDF)
    owner.send()
    desk.step(row_page(agreement), "acceptance")
    desk.step(row_page(application), "moving-in")
    owner.go("/o/jinqiao/residency/")
    assert only(Stay).state == "resident"
    return owner


def leave(desk: Walk, owner: Walk) -> None:
    """Asked for in the portal; step by step in the staff site."""
    wanted = {"leaves_on": f"{TODAY + timedelta(days=30):%Y-%m-%d}", "reason": "move"}
    owner.go("/o/jinqiao/exit/")
    owner.fill(**wanted)
    owner.send()
    # What ends a stay asks who it is; then the page is there again.
    owner.fill(password=PASSWORD)
    owner.send()
    owner.fill(**wanted)
    owner.send()
    row = row_page(only(Exit))
    desk.go(row + "change/")
    desk.step(row, "notice")
    desk.step(row, "exit-check")
    owner.go("/o/jinqiao/exit/")
    desk.step(row, "passing")
    desk.step(row, "inspection")
    desk.step(row, "leaving")
    assert only(Exit).state == "left"
    assert only(Stay).state == "left"


def look_back(owner: Walk) -> None:
    """Reading goes on for a while; writing does not."""
    assert only(Tenant, slug="jinqiao").left_at is not None
    owner.go("/o/jinqiao/")
    owner.go("/o/jinqiao/agreements/")
    owner.page.goto(f"{owner.base}/o/jinqiao/people/")
    owner.fill(email="somebody@example.test", roles=["member"])
    with owner.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        owner.page.locator("form[data-once] button[type=submit]").last.click()
    assert answered.value.status == 403
    owner.complaints.clear()
