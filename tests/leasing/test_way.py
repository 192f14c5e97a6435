"""A lease from its draft to the inspection that sets its units free."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from billing.models import Charge, ChargeKind
from billing.operations.single import record_payment
from foundation.errors import DomainError, NotPermitted, WrongState
from leasing.models import Handover, HandoverKind, Lease, LeaseState, LeaseStep, Settlement
from leasing.operations import approving, handovers, papers
from spaces.operations.making_room import Taken
from tenants.isolation.context import STAFF, Identity, enter
from tests.leasing.making import TODAY, agreed, day, everything, fresh, in_ledger
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
S = LeaseState


def sheet_of(lease: Lease, kind: str) -> Handover:
    with enter(Identity(STAFF)):
        return Handover.objects.select_related("lease__tenant").get(lease=lease, kind=kind)


def charges(lease: Lease) -> list[tuple[str, Decimal, str]]:
    with enter(Identity(STAFF)):
        rows = Charge.objects.of_source(lease).order_by("pk")
        return [(row.kind, row.amount, row.state) for row in rows]


def test_from_the_draft_to_the_unit_being_free_again(owner, desk) -> None:
    unit = desk.unit()
    lease = desk.submitted(owner.tenant, unit)
    assert in_ledger(unit) == []
    assert desk.approved(lease).state == S.AWAITING
    assert in_ledger(unit) == [("held", True)]
    assert desk.in_force(lease).state == S.EFFECTIVE
    assert in_ledger(unit) == [("active", True)]
    # 52.5 m² at 60 a month: two months' deposit, a quarter's rent.
    assert charges(lease) == [
        (ChargeKind.DEPOSIT, Decimal(6300), "open"),
        (ChargeKind.RENT, Decimal(9450), "open"),
    ]
    agreed(owner, desk.confirmed(sheet_of(lease, HandoverKind.MOVE_IN)))
    check_out = desk.ending(lease)
    assert fresh(lease).state == S.ENDING
    sheet = desk.confirmed(check_out)
    assert in_ledger(unit) == [("active", True)]
    agreed(owner, sheet)
    assert in_ledger(unit) == [("completed", False)]
    assert fresh(lease).state == S.ENDED


def test_a_unit_is_not_free_before_its_inspection_is_signed(owner, rival, desk) -> None:
    """Whatever the calendar says: two days after the lease's last day it is still taken."""
    unit = desk.unit()
    lease = desk.effective(owner.tenant, unit, starts_on=day(-100), ends_on=day(-2))
    other = desk.submitted(rival.tenant, unit, starts_on=day(30), ends_on=day(200))
    before = everything()
    with pytest.raises(Taken):
        desk.approved(other)
    assert everything() == before
    agreed(owner, desk.confirmed(desk.ending(lease, day(-2))))
    assert desk.approved(other).state == S.AWAITING


def test_two_leases_of_one_unit_are_not_possible(owner, rival, desk) -> None:
    unit, another = desk.unit(), desk.unit()
    desk.approved(desk.submitted(owner.tenant, unit))
    second = desk.submitted(rival.tenant, another, unit)
    before = everything()
    with pytest.raises(Taken) as refusal:
        desk.approved(second)
    assert unit.code in str(refusal.value)
    assert another.code not in str(refusal.value)
    assert everything() == before


def test_a_hold_that_is_over_is_taken_anew_or_by_somebody_else(
    owner, rival, desk, settings
) -> None:
    unit = desk.unit()
    lease = desk.approved(desk.submitted(owner.tenant, unit))
    late = NOW + settings.LEASE_HOLD_DAYS * (day(1) - day(0))
    before = everything()
    desk.signed(lease)
    with office(desk.manager) as actor, pytest.raises(DomainError) as refusal:
        papers.bring_into_force(actor=actor, now=late, lease=lease, signed_on=TODAY)
    assert refusal.value.code == "lease_not_held"
    assert everything()[-1] == before[-1]
    with office(desk.writer) as actor:
        approving.hold_again(actor=actor, now=late, lease=lease)
    with pytest.raises(Taken):
        desk.approved(desk.submitted(rival.tenant, unit), now=late)
    assert desk.in_force(lease, late).state == S.EFFECTIVE


def test_what_is_void_holds_nothing(owner, desk) -> None:
    unit = desk.unit()
    lease = desk.approved(desk.submitted(owner.tenant, unit))
    with office(desk.writer) as actor:
        with pytest.raises(DomainError) as silent:
            approving.void(actor=actor, now=NOW, lease=lease, reason=" ")
        assert silent.value.code == "lease_closed_says_why"
        approving.void(actor=actor, now=NOW, lease=lease, reason="They changed their mind")
    assert in_ledger(unit) == [("cancelled", True)]


def test_without_a_signed_copy_nothing_comes_into_force(owner, desk) -> None:
    lease = desk.approved(desk.submitted(owner.tenant))
    before = everything()
    with office(desk.manager) as actor, pytest.raises(DomainError) as refusal:
        papers.bring_into_force(actor=actor, now=NOW, lease=lease, signed_on=TODAY)
    assert refusal.value.code == "lease_in_force_is_signed"
    assert everything() == before


def test_a_deposit_that_was_paid_covers_what_is_owed_and_the_rest_comes_back(owner, desk) -> None:
    lease = desk.effective(
        owner.tenant, starts_on=day(-80), ends_on=day(300), late_percent=Decimal("0.05")
    )
    with office(desk.finance) as actor:
        deposit = Charge.objects.of_source(lease).get(kind=ChargeKind.DEPOSIT)
        record_payment(actor=actor, now=NOW, charge=deposit, paid_on=TODAY, note="ICBC 1")
        for rent in Charge.objects.of_source(lease).filter(kind=ChargeKind.RENT):
            record_payment(actor=actor, now=NOW, charge=rent, paid_on=TODAY, note="ICBC 2")
    check_out = desk.ending(lease)
    with office(desk.writer) as actor:
        handovers.add_line(
            actor=actor, now=NOW, handover=check_out, kind="damage", what="Door", value=Decimal(800)
        )
    agreed(owner, desk.confirmed(check_out))
    with enter(Identity(STAFF)):
        found = Settlement.objects.get()
    assert [found.deposit, found.damages, found.still_owed] == [6300, 800, 0]
    # Rent of the two quarters that were paid, less the days until today.
    assert found.unused_rent > 0
    assert found.refund == min(found.deposit, found.deposit + found.unused_rent - 800)
    assert found.rent_back == max(found.unused_rent - 800, 0)
    # What was charged and not used at all is credited, the rest is paid.
    assert {state for _kind, _amount, state in charges(lease)} == {"settled", "waived"}


def test_what_the_deposit_does_not_cover_stays_a_debt(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-80), ends_on=day(300))
    with office(desk.finance) as actor:
        deposit = Charge.objects.of_source(lease).get(kind=ChargeKind.DEPOSIT)
        record_payment(actor=actor, now=NOW, charge=deposit, paid_on=TODAY, note="ICBC 1")
    check_out = desk.ending(lease)
    with office(desk.writer) as actor:
        handovers.add_line(
            actor=actor, now=NOW, handover=check_out, kind="damage", what="Fire",
            value=Decimal(90_000),
        )  # fmt: skip
    agreed(owner, desk.confirmed(check_out))
    with enter(Identity(STAFF)):
        found = Settlement.objects.get()
        open_ones = [(row.kind, row.open_amount) for row in Charge.objects.open()]
    assert [found.refund, found.rent_back] == [0, 0]
    owed = found.open_charges + 90_000 - found.unused_rent - found.deposit
    assert found.still_owed == owed
    assert sum(amount for _kind, amount in open_ones) == owed
    assert {kind for kind, _amount in open_ones} <= {ChargeKind.RENT, ChargeKind.DAMAGE}


def test_without_a_deposit_the_charges_themselves_stay_open(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-20), ends_on=TODAY)
    rent = [row for row in charges(lease) if row[0] == ChargeKind.RENT]
    agreed(owner, desk.confirmed(desk.ending(lease)))
    assert charges(lease)[1:] == rent
    assert charges(lease)[0][2] == "waived"


def test_the_park_signs_alone_only_with_a_reason(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    sheet = desk.confirmed(desk.ending(lease))
    with office(desk.writer) as actor, pytest.raises(NotPermitted):
        handovers.sign_alone(actor=actor, now=NOW, handover=sheet, reason="Gone")
    with office(desk.manager) as actor:
        with pytest.raises(DomainError):
            handovers.sign_alone(actor=actor, now=NOW, handover=sheet, reason=" ")
        handovers.sign_alone(actor=actor, now=NOW, handover=sheet, reason="Nobody answers")
    assert fresh(lease).state == S.ENDED


def test_a_signed_sheet_does_not_change_and_a_changed_one_asks_again(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    sheet = desk.confirmed(sheet_of(lease, HandoverKind.MOVE_IN))
    meter: dict[str, Any] = {"kind": "water", "what": "W-1", "value": Decimal("12.5")}
    with office(desk.writer) as actor:
        handovers.add_line(actor=actor, now=NOW, handover=sheet, **meter)
    with pytest.raises(WrongState):
        agreed(owner, sheet)
    sheet = agreed(owner, desk.confirmed(sheet))
    before = everything()
    with office(desk.writer) as actor, pytest.raises(WrongState):
        handovers.add_line(actor=actor, now=NOW, handover=sheet, **meter | {"what": "W-2"})
    assert everything() == before


def test_strangers_and_lesser_roles_confirm_nothing(make, owner, rival, desk) -> None:
    lease = desk.effective(owner.tenant)
    sheet = desk.confirmed(sheet_of(lease, HandoverKind.MOVE_IN))
    colleague = make.member(owner.tenant, "member")
    before = everything()
    for who, refusal in ((rival, Lease.DoesNotExist), (colleague, NotPermitted)):
        with portal(who) as actor, pytest.raises(refusal):
            handovers.confirm_for_organisation(actor=actor, now=NOW, handover=sheet)
    assert everything() == before


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("to", S.values)
def test_states_follow_the_map_and_nothing_else(state, to) -> None:
    lease = Lease(state=state)
    if to in Lease.TRANSITIONS[state]:
        lease.move_to(to)
        assert lease.state == to
    else:
        with pytest.raises(WrongState):
            lease.move_to(to)


def test_each_step_is_on_record_and_stays_there(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    with office(desk.manager):
        kinds = list(lease.steps.values_list("kind", flat=True))
    assert kinds[-4:] == ["approved", "held", "copy", "in_force"]
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), office(desk.manager):
        LeaseStep.objects.update(said="")
