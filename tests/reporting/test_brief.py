"""The park brief: asked for by staff, made by a job, one page in two languages."""

from datetime import date
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.utils import timezone

from backbone.models import Document, Job
from foundation.errors import NotPermitted
from reporting import brief, operations
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.reporting.test_targets import sales, target

NOW = timezone.now()


@pytest.fixture
def job(staff, enterprise):
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        actor = staff.actor(is_staff=True)
        operations.describe_park(
            actor=actor, now=NOW, floor_area=Decimal(14000), opened_on=date(2024, 1, 1)
        )
        target(actor)
        sales(enterprise, timezone.localdate().replace(day=1), "250")
        return operations.request_brief(actor=actor, now=NOW)


def test_the_page_is_stored_and_belongs_to_the_park(job, park, enterprise):
    result = brief.make_brief(job, Mock())
    with enter_tenant(park.pk):
        document = Document.objects.get(pk=result["document"])
        assert document.content_type == "application/pdf"
        with document.open() as file:
            content = file.read()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type/Page/") <= 1
    assert len(content) < 1_000_000
    with enter_tenant(enterprise.pk):
        assert not Document.objects.exists()


def test_the_figures_are_those_of_the_target_page(job, park):
    with enter(Identity(STAFF, park.pk)):
        data = brief.brief_data(timezone.localdate())
    (row,) = data["targets"]
    assert (row["actual"], row["target"], row["percent"]) == ("250", "1,000", 25)
    assert data["area"] == "14,000"
    assert len(data["months"]) == 12
    assert data["months"][-1]["share"] == 1.0


def test_both_languages_are_on_the_page(job, park):
    with enter(Identity(STAFF, park.pk)):
        zh, en = brief.brief_data(timezone.localdate())["texts"]
    assert en["title"] == "Park brief"
    assert zh["title"] == "园区简报"


def test_members_of_an_enterprise_ask_for_no_brief(owner):
    with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
        operations.request_brief(actor=owner.actor(), now=NOW)
    with enter_tenant(owner.tenant_id):
        assert not Job.objects.exists()


def test_staff_press_the_button(staff, sign_in):
    browser = sign_in(staff)
    assert browser.get("/staff/briefs/").status_code == 200
    response = browser.post("/staff/briefs/")
    assert response.status_code == 302
    with enter(Identity(STAFF)):
        assert Job.objects.get().kind == brief.KIND


def test_weaker_staff_may_not(make, park, sign_in):
    weaker = sign_in(make.member(park, "member", is_staff=True))
    assert weaker.get("/staff/briefs/").status_code == 403
