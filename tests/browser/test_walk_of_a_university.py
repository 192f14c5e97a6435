"""One university from its agreement with the park to a roster of two hundred learners."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.models import Consent, Learner, RosterUpload
from residency.models import Agreement, AgreementParty, Commitment
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import TenantKind
from tests.browser.story import PDF, Story, browser, only, row_page, story
from tests.browser.walking import Walk
from tests.proof import TOLD_IN
from tests.residency.making import print_papers

__all__ = ["browser", "story"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TODAY = timezone.localdate()
HEADER = "学号,姓名,专业,年级,手机,邮箱"
LEARNERS = 200


def roster() -> dict[str, Any]:
    """As it comes out of a Chinese Excel: GBK, commas, Chinese headers."""
    rows = [
        f"2026{n:04},学生{n},跨境电子商务,2026,1380000{n:04},s{n}@uni.example"
        for n in range(1, LEARNERS + 1)
    ]
    text = "\r\n".join([HEADER, *rows]) + "\r\n"
    return {"name": "名单.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


@pytest.fixture
def university(make):
    return make.tenant(
        "tju", TenantKind.UNIVERSITY, name="天津某大学", name_en="A Tianjin University"
    )


@pytest.mark.parametrize("language", TOLD_IN)
def test_a_university_signs_and_brings_its_learners(language, story, staff, make, university):
    told = story(language)
    desk = told.member(staff, "staff-of-agreement")
    coordinator = told.member(make.member(university, "coordinator"), "coordinator")
    agreement = sign(desk, coordinator, university)
    bring(coordinator)
    agree(told, coordinator)
    desk.go(row_page(agreement) + "change/")
    assert [*desk.complaints, *coordinator.complaints] == []


def sign(desk: Walk, coordinator: Walk, university: Any) -> Agreement:
    """Drafted with parties, contact persons and a commitment; signed by the university."""
    desk.go("/staff/residency/agreement/add/")
    desk.choose("tenant", str(university.pk))
    desk.fill(kind="training", title="培训中心共建协议", title_en="Training centre agreement")
    desk.fill(scope="共用培训中心，九校排课。", scope_en="Nine universities share the centre.")
    desk.fill(starts_on=f"{TODAY:%Y-%m-%d}", ends_on=f"{TODAY + timedelta(days=730):%Y-%m-%d}")
    desk.save()
    agreement = only(Agreement)
    for side, name in (("park", "刘主任"), ("organisation", "王校长")):
        party = row_page(only(AgreementParty, side=side))
        desk.step(
            party, "change", signatory=name, contact_name="李老师", contact_mobile="13800000001"
        )
    theirs = only(AgreementParty, side="organisation")
    due = f"{TODAY + timedelta(days=90):%Y-%m-%d}"
    desk.step(
        row_page(agreement), "commitment",
        party=str(theirs.pk), text="每学期 120 人次", owner_name="李老师", due_on=due,
    )  # fmt: skip
    desk.step(row_page(agreement), "signature")
    with enter(Identity(STAFF)):
        print_papers()
    coordinator.go("/o/tju/agreements/")
    where = {"tenant": "tju", "pk": agreement.pk}
    coordinator.go(reverse("residency:signed_copy", kwargs=where))
    coordinator.fill(file=PDF)
    coordinator.send()
    desk.step(row_page(agreement), "acceptance")
    coordinator.go(
        reverse("residency:progress", kwargs={"tenant": "tju", "pk": only(Commitment).pk})
    )
    coordinator.fill(progress="25", note="首批 30 人")
    coordinator.send()
    assert only(Commitment).progress == 25
    return agreement


def bring(coordinator: Walk) -> None:
    """The roster is uploaded, looked at and put into the register; a second time adds nobody."""
    for _time in range(2):
        coordinator.go("/o/tju/learners/rosters/")
        coordinator.fill(file=roster())
        coordinator.send()
        coordinator.send()
        with enter(Identity(STAFF)):
            assert Learner.objects.count() == LEARNERS
            assert RosterUpload.objects.latest("pk").is_applied
    coordinator.go("/o/tju/learners/")
    assert coordinator.says("学生1")


def agree(told: Story, coordinator: Walk) -> None:
    """One of them opens the personal link without an account and gives consent."""
    learner = only(Learner, number="20260007")
    where = {"tenant": "tju", "pk": learner.pk}
    coordinator.go(reverse("learners:learner", kwargs=where))
    coordinator.send("/sending/")
    student = told.nobody("student")
    student.go(told.link("s7@uni.example", "/learning/"))
    student.send()
    with enter(Identity(STAFF)):
        assert Consent.objects.get().learner_id == learner.pk
    assert student.complaints == []
