"""An organisation that has left: its people read, then its addresses are gone, then it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone import jobs
from backbone.housekeeping import tidy
from backbone.models import Notice
from backbone.operations import notify, start_job
from backbone.runner import perform
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted, WrongState
from members.models import Invitation
from members.operations import accept_invitation, invite_member
from tenants import operations, standing
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant
from tests.clients import fresh_client
from tests.gateway.conftest import make_key
from tests.residency.exits import left
from trade.models import ImportMapping
from trade.operations import adopt_preset

NOW = timezone.now()


@pytest.fixture
def gone(enterprise, owner):
    left(enterprise, NOW - timedelta(days=20))
    return enterprise


def at(view, tenant, **more):
    return reverse(view, kwargs={"tenant": tenant.slug, **more})


def test_its_people_read_and_change_nothing(gone, owner):
    client = fresh_client(owner.user)
    page = client.get(at("portal", gone))
    assert page.status_code == 200
    until = standing.read_only_until(gone)
    assert f"{timezone.localtime(until):%Y-%m-%d}" in page.content.decode()
    assert (page.context["work"], page.context["actions"]) == ([], [])
    answer = client.post(at("members:people", gone), {"email": "a@b.example", "roles": ["member"]})
    assert answer.status_code == 403
    assert "已退园" in answer.content.decode()
    with enter_tenant(gone.pk):
        assert not Invitation.objects.exists()


def test_their_own_account_is_theirs(gone, owner):
    client = fresh_client(owner.user)
    with enter_tenant(gone.pk):
        notify(actor=owner.actor(), now=NOW, user_id=owner.user_id, kind="x", title="A title")
        notice = Notice.objects.get()
    assert client.post(at("backbone:notice_reading", gone, pk=notice.pk)).status_code == 302
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.get(reverse("account_change_password")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_program_writes_nothing(gone, owner):
    _key, secret = make_key(owner, role="manager")
    client = Client(headers={"authorization": f"Bearer {secret}", "idempotency-key": "1"})
    assert client.get("/api/v1/organisation").status_code == 200
    answer = client.post("/api/v1/order-imports", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "organisation_left")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_starts_late_is_refused(enterprise, owner, monkeypatch):
    monkeypatch.setitem(jobs._kinds, "test.job", jobs.JobKind("test.job", _write, "", str))
    with enter_tenant(enterprise.pk, user_id=owner.user_id):
        job = start_job(actor=owner.actor(), now=NOW, kind="test.job", payload={})
    left(enterprise, NOW)
    perform(tenant_id=enterprise.pk, job_id=job.pk)
    with enter_tenant(enterprise.pk):
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("failed", "organisation_left")
        assert not ImportMapping.objects.exists()


def _write(job, reporter):
    with job.enter():
        adopt_preset(actor=job.actor, now=NOW, name="portal-orders")


def test_nobody_comes_in_any_more(make, enterprise, owner):
    with enter_tenant(enterprise.pk):
        invitation = invite_member(
            actor=owner.actor(), now=NOW, tenant=enterprise, email="a@b.example", roles=["member"]
        )
    left(enterprise, NOW)
    person = make.person()
    with enter_tenant(enterprise.pk):
        for refused in (
            lambda: accept_invitation(
                actor=owner.actor(), now=NOW, invitation=invitation, full_name="A",
                password="a long enough phrase",
            ),
            lambda: operations.add_member(
                actor=owner.actor(), now=NOW, tenant=enterprise, user=person, roles=["member"]
            ),
            lambda: invite_member(
                actor=owner.actor(), now=NOW, tenant=enterprise, email="c@b.example",
                roles=["member"],
            ),
        ):  # fmt: skip
            with pytest.raises(standing.HasLeft):
                refused()
        assert Membership.objects.count() == 1


def test_when_the_time_is_over_it_is_as_if_one_never_belonged(make, enterprise, owner):
    other = make.member(make.tenant(), "member", user=owner.user)
    left(enterprise, timezone.now() - standing.READ_ONLY + timedelta(hours=1))
    client = fresh_client(owner.user)
    assert client.get(at("portal", enterprise)).status_code == 200
    left(enterprise, timezone.now() - standing.READ_ONLY)
    gone = client.get(at("portal", enterprise))
    never = client.get("/o/no-such-organisation/")
    assert (gone.status_code, gone.content) == (404, never.content)
    assert client.get("/").headers["Location"] == at("portal", other.tenant)
    assert enterprise.display_name not in client.get(at("portal", other.tenant)).content.decode()


def test_then_memberships_end_the_last_owners_too(make, enterprise, owner):
    make.member(enterprise, "finance")
    left(enterprise, timezone.now() - standing.READ_ONLY + timedelta(hours=1))
    tidy()
    with enter_tenant(enterprise.pk):
        assert Membership.objects.current().count() == 2
    left(enterprise, timezone.now() - standing.READ_ONLY)
    tidy()
    with enter_tenant(enterprise.pk):
        assert not Membership.objects.current().exists()
    owner.user.refresh_from_db()
    assert owner.user.session_generation == 1


def test_accounts_are_closed_by_the_portal_alone_and_not_early(enterprise, owner):
    left(enterprise, NOW)
    system = Actor(user_id=None, tenant_id=enterprise.pk)
    with enter_tenant(enterprise.pk):
        with pytest.raises(NotPermitted):
            operations.close_accounts(actor=owner.actor(), now=NOW, tenant=enterprise)
        with pytest.raises(WrongState):
            operations.close_accounts(actor=system, now=NOW, tenant=enterprise)
        assert Membership.objects.current().count() == 1


def test_an_organisation_comes_back(gone, owner, staff):
    actor = staff.actor(is_staff=True)
    with enter(Identity(STAFF, staff.tenant_id)):
        operations.readmit(actor=actor, now=NOW, tenant=gone)
        with pytest.raises(WrongState):
            operations.readmit(actor=actor, now=NOW, tenant=gone)
        assert Tenant.objects.get(pk=gone.pk).left_at is None
    answer = fresh_client(owner.user).post(
        at("members:people", gone), {"email": "a@b.example", "roles": ["member"], "language": "en"}
    )
    assert answer.status_code == 302


def test_the_park_does_not_leave_and_nobody_else_sends_away(enterprise, owner, staff, park):
    with enter(Identity(STAFF, staff.tenant_id)):
        with pytest.raises(DomainError) as refused:
            operations.leave_park(actor=staff.actor(is_staff=True), now=NOW, tenant=park)
        assert refused.value.code == "tenant_operator_stays"
        with pytest.raises(NotPermitted):
            operations.leave_park(actor=owner.actor(), now=NOW, tenant=enterprise)
        assert not Tenant.objects.exclude(left_at=None).exists()
