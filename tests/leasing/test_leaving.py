"""What leases mean for an organisation that leaves the park."""

from __future__ import annotations

import pytest

from backbone.clearance import clearance, exit_steps
from backbone.waiting import work_of
from billing.models import Charge
from billing.operations.single import record_payment
from leasing.home import staff_tiles, staff_work
from leasing.models import Handover
from leasing.own_home import sources
from residency.exit_check import StillOpen
from residency.operations import exits
from tests.leasing.making import TODAY, agreed, day, in_ledger
from tests.residency.exits import Leaving
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db


def told(desk, tenant) -> tuple[list[tuple[str, bool]], list[str]]:
    """What the exit check says of leases, and what keeps the inspection open."""
    with office(desk.writer):
        items = clearance(tenant, NOW)["leasing"]
        (step,) = [each for each in exit_steps("inspection") if each.code == "inspections"]
        last = [item.code for item in step.open_items(tenant, NOW)]
        return [(item.code, item.blocking) for item in items], last


def test_a_live_lease_blocks_until_its_inspection_is_signed(owner, desk) -> None:
    assert told(desk, owner.tenant) == ([], [])
    lease = desk.approved(desk.submitted(owner.tenant))
    assert told(desk, owner.tenant) == ([("lease_not_in_force", True)], [])
    desk.in_force(lease)
    in_force = ([("lease_in_force", False)], ["lease_not_inspected"])
    assert told(desk, owner.tenant) == in_force
    sheet = desk.confirmed(desk.ending(lease))
    assert told(desk, owner.tenant) == in_force
    agreed(owner, sheet)
    assert told(desk, owner.tenant) == ([], [])


def titles(member) -> list[str]:
    with portal(member) as actor:
        return [str(item.title) for item in work_of(actor, sources(actor=actor, now=NOW))]


def test_home_tells_what_waits(make, owner, rival, desk) -> None:
    lease = desk.approved(desk.submitted(owner.tenant))
    assert titles(owner) == []
    desk.signed(lease)
    with office(desk.manager) as actor:
        (copy,) = staff_work(actor=actor, now=NOW)
        assert lease.number in str(copy.title)
    desk.in_force(lease)
    with office(desk.writer):
        sheet = Handover.objects.select_related("lease__tenant").get()
    desk.confirmed(sheet)
    (waits,) = titles(owner)
    assert lease.number in waits
    assert titles(rival) == []
    assert titles(make.member(owner.tenant, "member")) == []


def test_staff_see_what_waits_for_them(owner, desk) -> None:
    desk.submitted(owner.tenant)
    desk.effective(owner.tenant, starts_on=day(-30), ends_on=day(-2))
    with office(desk.manager) as actor:
        assert len(staff_work(actor=actor, now=NOW)) == 2
        assert [tile.value for tile in staff_tiles(actor=actor, now=NOW)] == ["0"]
    with office(desk.writer) as actor:
        assert len(staff_work(actor=actor, now=NOW)) == 1


def test_an_exit_goes_on_when_the_unit_is_handed_back_and_the_debt_is_paid(
    make, park, owner, staff, desk
) -> None:
    leaving = Leaving(owner, staff, make.member(park, "manager", is_staff=True))
    unit = desk.unit()
    lease = desk.effective(owner.tenant, unit, starts_on=day(-20), ends_on=day(40))
    park_exit = leaving.at("inspection")
    with pytest.raises(StillOpen) as kept:
        leaving.take(exits.pass_inspection, park_exit)
    assert lease.number in str(kept.value)
    agreed(owner, desk.confirmed(desk.ending(lease)))
    assert in_ledger(unit) == [("completed", False)]
    park_exit = leaving.take(exits.pass_inspection, park_exit)
    with pytest.raises(StillOpen) as owing:
        leaving.take(exits.finish_exit, park_exit)
    assert "2,205.00" in str(owing.value)
    with office(desk.finance) as actor:
        for debt in Charge.objects.open():
            record_payment(actor=actor, now=NOW, charge=debt, paid_on=TODAY, note="ICBC 1")
    assert leaving.take(exits.finish_exit, park_exit).state == "left"
