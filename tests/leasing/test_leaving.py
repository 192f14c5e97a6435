"""What leases mean for an organisation that leaves the park."""

from __future__ import annotations

import pytest

from backbone.clearance import clearance, exit_steps
from leasing.home import staff_tiles, staff_work
from leasing.models import Handover
from leasing.own_home import work
from tests.leasing.making import agreed, day
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
        return [str(item.title) for item in work(actor=actor, now=NOW)]


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
