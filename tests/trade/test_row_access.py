"""Park staff read an enterprise's rows by consent only, and each look is shown to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.trade.conftest import lines, run
from trade import operations, queries
from trade.models import RowAccess
from trade.queries import OrderFilter

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def staff_actor(staff):
    return staff.actor(is_staff=True)


def agree(actor, *, starts=0, ends=7):
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        return operations.consent_to_row_access(
            actor=actor, now=NOW,
            starts_on=TODAY + timedelta(days=starts), ends_on=TODAY + timedelta(days=ends),
        )  # fmt: skip


def look(staff_actor, tenant_id, purpose="Export statistics"):
    with enter(Identity(STAFF, staff_actor.tenant_id, staff_actor.user_id)):
        reader = operations.look_at_rows(
            actor=staff_actor, now=NOW, tenant_id=tenant_id, purpose=purpose, looked_at={"q": "1"}
        )
        return queries.orders_page(reader, OrderFilter()).rows


def test_with_consent_staff_read_and_the_enterprise_sees_it(actor, staff_actor, enterprise):
    with enter_tenant(enterprise.pk):
        run(actor, lines("1,A,x,1,2011-01-04 10:00:00,2.50,,EIRE"))
    agree(actor)
    assert len(look(staff_actor, enterprise.pk)) == 1
    with enter_tenant(enterprise.pk):
        (access,) = queries.row_accesses(actor)
        assert (access.user_id, access.purpose) == (staff_actor.user_id, "Export statistics")
        assert access.looked_at == {"q": "1"}


@pytest.mark.parametrize("span", [None, (1, 7)])
def test_without_consent_for_today_nothing_is_read(span, actor, staff_actor, enterprise):
    if span:
        agree(actor, starts=span[0], ends=span[1])
    with pytest.raises(DomainError) as refused:
        look(staff_actor, enterprise.pk)
    assert refused.value.code == "no_consent"
    with enter_tenant(enterprise.pk):
        assert not RowAccess.objects.exists()


def test_consent_taken_back_ends_at_once(actor, staff_actor, enterprise):
    consent = agree(actor)
    with enter_tenant(enterprise.pk):
        operations.end_row_access(actor=actor, now=NOW, consent=consent)
        with pytest.raises(WrongState):
            operations.end_row_access(actor=actor, now=NOW, consent=consent)
    with pytest.raises(DomainError):
        look(staff_actor, enterprise.pk)


def test_a_look_needs_a_purpose_and_a_role(actor, staff_actor, enterprise, make, park):
    agree(actor)
    with pytest.raises(InvalidInput):
        look(staff_actor, enterprise.pk, purpose=" ")
    weak = make.member(park, "member", is_staff=True).actor(is_staff=True)
    with pytest.raises(NotPermitted):
        look(weak, enterprise.pk)


@pytest.mark.parametrize("role", ["operations", "member"])
def test_only_leads_may_agree(role, make, enterprise):
    with pytest.raises(NotPermitted):
        agree(make.member(enterprise, role).actor())


def test_days_in_the_wrong_order_are_refused(actor):
    with pytest.raises(InvalidInput):
        agree(actor, starts=3, ends=1)


def test_a_look_cannot_be_undone_by_anybody(actor, staff_actor, enterprise):
    agree(actor)
    look(staff_actor, enterprise.pk)
    for identity in (Identity(STAFF), Identity(tenant_id=enterprise.pk)):
        with enter(identity):
            with pytest.raises(DatabaseError), transaction.atomic():
                RowAccess.objects.update(purpose="nothing")
            with pytest.raises(DatabaseError), transaction.atomic():
                RowAccess.objects.all().delete()
