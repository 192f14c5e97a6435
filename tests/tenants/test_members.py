"""Adding people, changing their roles and letting them go."""

import pytest
from django.utils import timezone, translation

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, NotPermitted
from tenants import operations
from tenants.isolation.context import enter_tenant
from tenants.kinds import TenantKind
from tenants.models import Membership, TrailEntry

NOW = timezone.now()


def test_an_owner_adds_a_colleague_and_the_trail_says_who(make, owner):
    person = make.person()
    with enter_tenant(owner.tenant_id, user_id=owner.user_id, request_id="r-1"):
        membership = operations.add_member(
            actor=owner.actor(), now=NOW, tenant=owner.tenant, user=person, roles=["finance"]
        )
        entry = TrailEntry.objects.get(table="tenants_membership", row_id=membership.pk)
    assert (entry.action, entry.user_id, entry.request_id) == ("insert", owner.user_id, "r-1")
    assert entry.after
    assert entry.after["roles"] == ["finance"]


def test_a_change_records_only_what_changed(make, owner):
    colleague = make.member(owner.tenant, "member")
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        operations.change_roles(
            actor=owner.actor(), now=NOW, membership=colleague, roles=["manager", "finance"]
        )
        entry = TrailEntry.objects.get(action="update", row_id=colleague.pk)
    assert entry.before == {"roles": ["member"]}
    assert entry.after == {"roles": ["manager", "finance"]}


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_add_nobody(make, owner, role):
    weaker = make.member(owner.tenant, role)
    person = make.person()
    with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
        operations.add_member(
            actor=weaker.actor(), now=NOW, tenant=owner.tenant, user=person, roles=["member"]
        )
    with enter_tenant(owner.tenant_id):
        assert not Membership.objects.filter(user=person).exists()


def test_a_manager_neither_makes_nor_unmakes_owners(make, owner):
    manager = make.member(owner.tenant, "manager")
    second = make.member(owner.tenant, "owner")
    with enter_tenant(owner.tenant_id):
        with pytest.raises(NotPermitted):
            operations.change_roles(
                actor=manager.actor(), now=NOW, membership=manager, roles=["owner"]
            )
        with pytest.raises(NotPermitted):
            operations.end_membership(actor=manager.actor(), now=NOW, membership=second)
        manager.refresh_from_db()
        second.refresh_from_db()
    assert manager.roles == ["manager"]
    assert second.ended_at is None


def test_a_stranger_finds_no_membership(make, owner, neighbour):
    stranger = make.member(neighbour)
    with enter_tenant(neighbour.pk), pytest.raises(Membership.DoesNotExist):
        operations.end_membership(actor=stranger.actor(), now=NOW, membership=owner)


def test_the_last_owner_stays(make, owner):
    with enter_tenant(owner.tenant_id):
        for attempt in (
            lambda: operations.end_membership(actor=owner.actor(), now=NOW, membership=owner),
            lambda: operations.change_roles(
                actor=owner.actor(), now=NOW, membership=owner, roles=["member"]
            ),
        ):
            with pytest.raises(InvalidInput) as refused:
                attempt()
            assert refused.value.code == "last_owner"
        owner.refresh_from_db()
    assert owner.ended_at is None
    assert owner.roles == ["owner"]


def test_roles_follow_the_kind(make):
    university = make.tenant(kind=TenantKind.UNIVERSITY)
    with pytest.raises(InvalidInput):
        make.member(university, "finance")
    assert make.member(university, "coordinator").roles == ["coordinator"]


def test_nobody_is_a_member_twice(make, owner):
    with pytest.raises(DomainError) as refused:
        make.member(owner.tenant, "member", user=owner.user)
    assert refused.value.code == "membership_once"
    with translation.override("en"):
        assert "already" in str(refused.value)


def test_one_operator_and_no_second_company_with_the_same_number(make, park):
    with pytest.raises(DomainError) as refused:
        make.tenant(kind=TenantKind.OPERATOR)
    assert refused.value.code == "tenant_one_operator"
    make.tenant(registration_number="91110000600037341L")
    with pytest.raises(DomainError) as refused:
        make.tenant(registration_number="91110000600037341L")
    assert refused.value.code == "tenant_registration_unique"


def test_only_staff_register_organisations_and_make_staff(make, owner):
    actor = owner.actor()
    with enter_tenant(owner.tenant_id):
        with pytest.raises(NotPermitted):
            operations.register_tenant(
                actor=actor, now=NOW, slug="mine", kind=TenantKind.ENTERPRISE, name="mine"
            )
        with pytest.raises(NotPermitted):
            operations.create_person(actor=actor, now=NOW, username="x", is_staff=True)


def test_staff_rights_count_only_in_the_staff_site(staff):
    assert not Actor(1, staff.tenant_id, frozenset({"owner"})).is_staff
    assert staff.actor(is_staff=True).is_staff
