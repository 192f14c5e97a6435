"""Who approves a lease, how many of them, and why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from foundation.errors import DomainError, NotPermitted, WrongState
from leasing.approval_rules import reasons
from leasing.models import LeaseState
from leasing.operations import approving, drafting
from leasing.operations.approving import SamePerson
from tests.leasing.making import day, everything, fresh, in_ledger
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
S = LeaseState


def codes(desk, lease) -> list[str]:
    with office(desk.writer):
        return [reason.code for reason in reasons(lease)]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, []),
        ({"rent_free_months": 3}, []),
        ({"rent_free_months": 4}, ["rent_free"]),
        ({"deposit_months": Decimal("1.5")}, ["deposit"]),
        ({"ends_on": day(5 * 366)}, ["term"]),
        ({"price": 900}, ["total"]),
        ({"price": 54}, []),
        ({"price": 53}, ["price"]),
        ({"price": 53, "deposit_months": 0}, ["price", "deposit"]),
    ],
)
def test_unusual_terms_ask_for_two(owner, desk, terms, expected) -> None:
    with office(desk.manager) as actor:
        drafting.set_list_price(
            actor=actor, now=NOW, space_type=desk.grounds.type, price=Decimal(60)
        )
    lease = desk.draft(owner.tenant, **terms)
    assert codes(desk, lease) == expected
    with office(desk.writer) as actor:
        assert approving.submit(actor=actor, now=NOW, lease=lease).needs_second is bool(expected)


def test_limits_are_the_parks_own(owner, desk, settings) -> None:
    settings.LEASE_TERM_YEARS, settings.LEASE_SECOND_APPROVAL_TOTAL = 1, 1000
    assert codes(desk, desk.draft(owner.tenant)) == ["total"]
    assert "term" in codes(desk, desk.draft(owner.tenant, ends_on=day(366)))


def test_two_people_approve_and_only_then_the_unit_is_held(owner, desk) -> None:
    unit = desk.unit()
    lease = desk.submitted(owner.tenant, unit, rent_free_months=6)
    with office(desk.manager) as actor:
        lease = approving.approve(actor=actor, now=NOW, lease=lease)
        assert lease.state == S.APPROVING
        assert in_ledger(unit) == []
        before = everything()
        with pytest.raises(NotPermitted):
            approving.approve(actor=actor, now=NOW, lease=lease)
        assert everything() == before
    with office(desk.finance) as actor:
        assert approving.approve(actor=actor, now=NOW, lease=lease).state == S.AWAITING
    assert in_ledger(unit) == [("held", True)]


def test_whoever_wrote_it_or_approved_it_does_not_approve_it(make, park, owner, desk) -> None:
    head = make.member(park, "owner", is_staff=True)
    lease = desk.draft(owner.tenant, rent_free_months=6)
    unit = desk.unit()
    with office(desk.manager) as actor:
        drafting.add_unit(actor=actor, now=NOW, lease=lease, space=unit, price=Decimal(60))
    with office(desk.writer) as actor:
        approving.submit(actor=actor, now=NOW, lease=lease)
    before = everything()
    with office(desk.manager) as actor, pytest.raises(SamePerson):
        approving.approve(actor=actor, now=NOW, lease=lease)
    assert everything() == before
    with office(head) as actor:
        approving.approve(actor=actor, now=NOW, lease=lease)
        before = everything()
        with pytest.raises(SamePerson):
            approving.approve(actor=actor, now=NOW, lease=lease)
    assert everything() == before


def test_what_is_rejected_says_why_and_begins_anew(owner, desk) -> None:
    lease = desk.submitted(owner.tenant, rent_free_months=6)
    with office(desk.manager) as actor:
        approving.approve(actor=actor, now=NOW, lease=lease)
    before = everything()
    with office(desk.finance) as actor, pytest.raises(DomainError) as silent:
        approving.reject(actor=actor, now=NOW, lease=lease, reason=" ")
    assert silent.value.code == "lease_closed_says_why"
    assert everything() == before
    with office(desk.finance) as actor:
        approving.reject(actor=actor, now=NOW, lease=lease, reason="Too cheap")
    with office(desk.writer) as actor:
        again = approving.revise(actor=actor, now=NOW, lease=lease)
        assert (again.state, again.first_approver_id) == (S.DRAFT, None)
        drafting.change_terms(actor=actor, now=NOW, lease=lease, rent_free_months=0)
        assert approving.submit(actor=actor, now=NOW, lease=lease).needs_second is False
    assert desk.approved(lease).state == S.AWAITING


def test_a_draft_without_units_is_not_put_up(owner, desk) -> None:
    lease = desk.draft(owner.tenant)
    with office(desk.writer) as actor:
        drafting.remove_unit(actor=actor, now=NOW, unit=lease.units.get())
        before = everything()
        with pytest.raises(DomainError) as refusal:
            approving.submit(actor=actor, now=NOW, lease=lease)
    assert (refusal.value.code, everything()) == ("no_unit", before)


def test_terms_and_units_change_in_the_draft_alone(owner, desk) -> None:
    lease = desk.submitted(owner.tenant)
    with office(desk.writer) as actor:
        unit = lease.units.get()
        before = everything()
        for attempt in (
            lambda: drafting.change_terms(actor=actor, now=NOW, lease=lease, advance_days=1),
            lambda: drafting.change_unit(actor=actor, now=NOW, unit=unit, price=Decimal(1)),
            lambda: drafting.remove_unit(actor=actor, now=NOW, unit=unit),
        ):
            with pytest.raises(WrongState):
                attempt()
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_on": day(-1)}, "unit_outside"),
        ({"ends_on": day(400)}, "unit_outside"),
        ({"price": Decimal(-1)}, "lease_unit_price"),
        ({"area": Decimal(-1)}, "lease_unit_area"),
    ],
)
def test_a_unit_fits_into_its_lease(owner, desk, values, code) -> None:
    lease, unit = desk.draft(owner.tenant), desk.unit()
    before = everything()
    known = {"price": Decimal(60), "space": unit} | values
    with office(desk.writer) as actor, pytest.raises(DomainError) as refusal:
        drafting.add_unit(actor=actor, now=NOW, lease=lease, **known)
    assert (refusal.value.code, everything()) == (code, before)


def test_a_deposit_follows_the_units(owner, desk) -> None:
    lease = desk.draft(owner.tenant)
    assert lease.deposit == Decimal(6300)
    with office(desk.writer) as actor:
        drafting.change_unit(actor=actor, now=NOW, unit=lease.units.get(), area=Decimal(100))
    assert fresh(lease).deposit == Decimal(12_000)


OPERATIONS = {
    "submit": {"operations", "manager", "owner"},
    "void": {"operations", "manager", "owner"},
    "renew": {"operations", "manager", "owner"},
}


@pytest.mark.parametrize("role", ["owner", "manager", "operations", "finance", "member"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_roles_of_the_staff(make, park, owner, desk, role, name) -> None:
    lease = desk.effective(owner.tenant) if name == "renew" else desk.draft(owner.tenant)
    who = make.member(park, role, is_staff=True)
    calls = {
        "submit": lambda actor: approving.submit(actor=actor, now=NOW, lease=lease),
        "void": lambda actor: approving.void(actor=actor, now=NOW, lease=lease, reason="x"),
        "renew": lambda actor: drafting.renew(actor=actor, now=NOW, lease=lease),
    }
    with office(who) as actor:
        if role in OPERATIONS[name]:
            assert calls[name](actor)
            return
        before = everything()
        with pytest.raises(NotPermitted):
            calls[name](actor)
    assert everything() == before


def test_an_organisation_writes_no_lease_of_its_own(owner, desk) -> None:
    before = everything()
    with portal(owner) as actor, pytest.raises(NotPermitted):
        drafting.draft_lease(
            actor=actor, now=NOW, tenant=owner.tenant, starts_on=day(0), ends_on=day(9)
        )
    assert everything() == before
