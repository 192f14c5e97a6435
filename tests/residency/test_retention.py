"""Personal data goes when its time is over, by rules that are rows; what the law keeps stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from backbone.housekeeping import tidy
from backbone.models import Document, RetentionRule
from backbone.operations import set_retention_rule, store_document
from backbone.retention import personal_data
from foundation.errors import DomainError, InvalidInput, NotPermitted
from members.models import Invitation
from members.operations import invite_member
from residency.models import (
    Application,
    ApplicationDocument,
    DocumentRequirement,
    FollowUp,
    Lead,
)
from tenants import standing
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, TrailEntry, User
from tests.residency.exits import left
from tests.trade.conftest import lines, run
from trade.models import Order

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
YEARS = timedelta(days=731)


@pytest.fixture
def rule(staff: Membership) -> Callable[..., RetentionRule]:
    """A rule that holds from today on."""

    def _rule(data: str, days: int, **values: Any) -> RetentionRule:
        values = {"starts_on": TODAY, "source": "PIPL 47", **values}
        actor: Any = values.pop("actor", staff.actor(is_staff=True))
        with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
            return set_retention_rule(actor=actor, now=NOW, data=data, days=days, **values)

    return _rule


def told_by_trail(tenant: Any, *words: str) -> list[str]:
    """Which of the words any entry of the organisation still says."""
    with enter_tenant(tenant.pk):
        said = str(list(TrailEntry.objects.values_list("before", "after")))
        assert TrailEntry.objects.exclude(table="").exists()
    return [word for word in words if word in said]


def test_a_person_who_left_two_years_ago_is_nobody_and_the_order_stays(make, owner, rule):
    """The law keeps trade data for three years; the account is deleted (domain.md, 10)."""
    clerk = make.member(owner.tenant, "operations", full_name="Wang Fang", mobile="13800000000")
    with enter_tenant(owner.tenant_id, user_id=clerk.user_id):
        run(clerk.actor(), lines("1,A,x,2,2024-02-01 10:00:00,2.00,,EIRE"))
        Membership.objects.filter(pk=clerk.pk).update(ended_at=NOW - YEARS)
    rule("members.accounts", 730)
    tidy()
    gone = User.objects.get(pk=clerk.user_id)
    assert gone.username.startswith("erased-")
    assert (gone.full_name, gone.email, gone.mobile, gone.is_active) == ("", "", "", False)
    assert not gone.has_usable_password()
    assert gone.session_generation == 1
    assert not gone.emailaddress_set.exists()
    with enter_tenant(owner.tenant_id):
        assert Order.objects.count() == 1
        assert Membership.objects.get(pk=clerk.pk).user_id == gone.pk
        told = TrailEntry.objects.get(table="backbone_retentionrule")
        assert told.after is not None
        assert (told.after["data"], told.after["erased"]) == ("members.accounts", 1)
    tidy()
    with enter_tenant(owner.tenant_id):
        assert TrailEntry.objects.filter(table="backbone_retentionrule").count() == 1


def test_whoever_belongs_elsewhere_or_left_lately_stays_somebody(make, owner, neighbour, rule):
    elsewhere = make.member(owner.tenant, "member", full_name="Li Na")
    make.member(neighbour, "member", user=elsewhere.user)
    lately = make.member(owner.tenant, "member", full_name="Zhao Lei")
    late_elsewhere = make.member(owner.tenant, "member", full_name="Chen Mo")
    there = make.member(neighbour, "member", user=late_elsewhere.user)
    with enter(Identity(STAFF)):
        old = [elsewhere.pk, late_elsewhere.pk]
        Membership.objects.filter(pk__in=old).update(ended_at=NOW - YEARS)
        Membership.objects.filter(pk__in=[lately.pk, there.pk]).update(ended_at=NOW)
    rule("members.accounts", 730)
    tidy()
    names = set(User.objects.values_list("full_name", flat=True))
    assert names >= {"Li Na", "Zhao Lei", "Chen Mo"}


def test_without_a_rule_everything_is_kept(make, owner):
    clerk = make.member(owner.tenant, "operations", full_name="Wang Fang")
    with enter_tenant(owner.tenant_id):
        Membership.objects.filter(pk=clerk.pk).update(ended_at=NOW - YEARS)
    tidy()
    assert User.objects.get(pk=clerk.user_id).full_name == "Wang Fang"


def test_a_rule_of_tomorrow_does_nothing_today_and_the_newest_counts(make, owner, rule):
    clerk = make.member(owner.tenant, "operations", full_name="Wang Fang")
    with enter_tenant(owner.tenant_id):
        Membership.objects.filter(pk=clerk.pk).update(ended_at=NOW - YEARS)
    rule("members.accounts", 3650)
    rule("members.accounts", 1, starts_on=TODAY + timedelta(days=1))
    tidy()
    assert User.objects.get(pk=clerk.user_id).full_name == "Wang Fang"


def test_accounts_of_an_organisation_that_was_closed(owner, rule):
    left(owner.tenant, NOW - standing.READ_ONLY)
    rule("members.accounts", 1)
    tidy()
    assert User.objects.get(pk=owner.user_id).is_active
    with enter_tenant(owner.tenant_id):
        Membership.objects.update(ended_at=NOW - timedelta(days=2))
    tidy()
    assert not User.objects.get(pk=owner.user_id).is_active


def test_invitations_that_are_over(make, owner, rule):
    with enter_tenant(owner.tenant_id):
        actor = owner.actor()
        for n, moment in enumerate((NOW - YEARS, NOW)):
            address = f"guest{n}@b.example"
            sent = invite_member(
                actor=actor, now=moment, tenant=owner.tenant, email=address, roles=["member"]
            )
        assert sent.email == "guest1@b.example"
    rule("members.invitations", 90)
    tidy()
    with enter_tenant(owner.tenant_id):
        assert [each.email for each in Invitation.objects.all()] == ["guest1@b.example"]
    assert told_by_trail(owner.tenant, "guest0@") == []


def test_leads_that_were_lost(park, staff, rule):
    with enter_tenant(park.pk):
        lost, fresh = (
            Lead.objects.create(
                tenant=park, state="lost", name="云帆家居", kind="exporter", owner=staff.user,
                contact_name="Wu Di", contact_mobile="13900000000", source="call",
                lost_reason="price", lost_note="Wu Di found it dear", wishes="Call Wu Di",
                closed_at=moment,
            )
            for moment in (NOW - YEARS, NOW)
        )  # fmt: skip
        FollowUp.objects.create(tenant=park, lead=lost, kind="call", at=NOW, note="Wu Di said no")
    rule("residency.leads", 365)
    tidy()
    with enter_tenant(park.pk):
        lost.refresh_from_db()
        fresh.refresh_from_db()
        words = f"{list(vars(lost).values())[1:]} {FollowUp.objects.get().note}"
    assert "Wu Di" not in words
    assert "云帆" not in words
    assert "139" not in words
    assert told_by_trail(park, "云帆", "Wu Di", "13900000000") == []
    assert (lost.source, lost.lost_reason, lost.erased_at is None) == ("call", "price", False)
    assert (fresh.contact_name, fresh.erased_at) == ("Wu Di", None)


def test_applications_never_sent_go_with_their_words(park, begin, rule):
    old, fresh = begin(), begin(email="other@example.test")
    with enter_tenant(park.pk):
        Application.objects.filter(pk=old.pk).update(
            seen_at=NOW - YEARS, draft={"contact_name": "Wu Di"}, state="lost",
            closed_at=NOW - YEARS, closing_reason="Wu Di did not answer",
        )  # fmt: skip
    rule("residency.applications", 365)
    tidy()
    with enter_tenant(park.pk):
        gone = Application.objects.get(pk=old.pk)
        kept = Application.objects.get(pk=fresh.pk)
    assert (gone.draft, gone.contact_email, gone.closing_reason) == ({}, "", "")
    assert gone.erased_at is not None
    assert gone.number == old.number
    assert told_by_trail(park, "Wu Di", old.contact_email) == []
    assert kept.erased_at is None
    assert kept.contact_email == "other@example.test"


def test_documents_of_a_declined_application_go_with_their_bytes(park, begin, staff, rule):
    application = begin()
    with enter_tenant(park.pk, user_id=staff.user_id):
        paper = store_document(
            actor=staff.actor(), now=NOW, file=BytesIO(b"licence"), name="licence.txt",
            purpose="x",
        )  # fmt: skip
        asked = DocumentRequirement.objects.create(
            tenant=park,
            kind="exporter",
            code="licence-copy",
            label_zh="营业执照",
            label_en="Licence",
        )
        ApplicationDocument.objects.create(
            tenant=park, application=application, requirement=asked, file=paper,
            mark="complete", uploaded_at=NOW,
        )  # fmt: skip
        Application.objects.filter(pk=application.pk).update(state="lost", closed_at=NOW - YEARS)
    assert paper.path.exists()
    rule("residency.applications", 365)
    tidy()
    with enter_tenant(park.pk):
        assert not ApplicationDocument.objects.exists()
        assert not Document.objects.filter(pk=paper.pk).exists()


def test_a_rule_names_its_source_and_data_that_somebody_keeps(rule):
    with pytest.raises(InvalidInput):
        rule("nobody.keeps_this", 30)
    with pytest.raises(InvalidInput):
        rule("residency.leads", 30, starts_on=TODAY - timedelta(days=1))
    for values, code in (
        ({"source": ""}, "retention_rule_source"),
        ({"days": 0}, "retention_rule_days"),
    ):
        with pytest.raises(DomainError) as refused:
            rule("residency.leads", **({"days": 30} | values))
        assert refused.value.code == code
    rule("residency.leads", 30)
    with pytest.raises(DomainError) as refused:
        rule("residency.leads", 60)
    assert refused.value.code == "retention_rule_once"


@pytest.mark.parametrize("role", ["finance", "operations", "coordinator", "member"])
def test_only_the_parks_leads_set_rules(make, park, staff, rule, role):
    weaker = make.member(park, role, is_staff=True).actor(is_staff=True)
    with pytest.raises(NotPermitted):
        rule("residency.leads", 30, actor=weaker)
    with enter(Identity(STAFF)):
        assert not RetentionRule.objects.exists()


def test_each_kind_of_personal_data_says_from_when_its_time_runs():
    assert {kept.code for kept in personal_data()} >= {
        *("residency.leads", "residency.applications", "members.accounts", "members.invitations"),
    }
    assert all(str(kept.counted_from) for kept in personal_data())
