"""Buildings, floors, types and spaces; closing and reopening them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from spaces.models import Building, Floor, Occupancy, Space, SpaceType
from spaces.operations import closing, tree
from spaces.operations.making_room import NotEnough, Taken
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role
from tenants.models import TrailEntry
from tests.spaces.making import NOW, at, ledger, office, taken, want

LEADS, DESK = {Role.OWNER, Role.MANAGER}, {Role.OWNER, Role.MANAGER, Role.OPERATIONS}


def tables():
    return [
        list(model.objects.order_by("pk").values()) for model in (Building, Floor, SpaceType, Space)
    ]


def refused(kind, call, code=""):
    before = tables(), ledger()
    with pytest.raises(kind) as told:
        call()
    assert (tables(), ledger()) == before
    assert not code or told.value.code == code


def test_the_trail_says_who_added_and_changed_what(grounds, staff):
    room = grounds.add(code="R-1", name_en="Harbour")
    with office(staff) as actor:
        tree.change_space(
            actor=actor, now=NOW, space=room, name_en="Lighthouse", area=Decimal("12.5")
        )
        tree.change_space(actor=actor, now=NOW, space=room, name_en="Lighthouse")
        entries = TrailEntry.objects.filter(table="spaces_space", row_id=room.pk).order_by("pk")
        added, changed = entries
    assert added.user_id == staff.user_id
    assert added.after is not None
    assert added.after["code"] == "R-1"
    assert changed.before == {"name_en": "Harbour", "area": None}
    assert changed.after == {"name_en": "Lighthouse", "area": "12.5"}


def test_everything_of_the_tree_may_be_renamed(grounds, staff):
    building = grounds.floor.building
    with office(staff) as actor:
        tree.change_building(actor=actor, now=NOW, building=building, name_zh="甲座", code="J")
        tree.change_floor(actor=actor, now=NOW, floor=grounds.floor, level=2, name_en="2F")
        tree.change_type(actor=actor, now=NOW, type=grounds.type, name_en="Rooms")
    assert Building.objects.get().code == "J"
    assert Floor.objects.get().level == 2
    assert SpaceType.objects.get().name_en == "Rooms"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "TWICE"}, "space_code_once"),
        ({"kind": "unit", "area": None}, "space_area_known"),
        ({"area": Decimal(0)}, "space_area_known"),
        ({"kind": "unit", "area": Decimal(9), "quantity": 2}, "space_unit_is_one"),
        ({"quantity": 0}, "space_exclusive_means_one"),
        ({"floor": None}, "space_has_floor"),
        ({"kind": "desk", "parent": None, "floor": "any"}, "space_desk_has_unit"),
        ({"kind": "attic"}, "space_kind_known"),
    ],
)
def test_what_cannot_be_is_refused(grounds, values, code):
    grounds.add(code="TWICE")
    if values.get("floor") == "any":
        values = values | {"floor": grounds.floor}
    refused(DomainError, lambda: grounds.add(**values), code)


def test_codes_and_levels_are_there_once(grounds, staff):
    with office(staff) as actor:
        known: Any = {"actor": actor, "now": NOW, "name_zh": "甲", "name_en": "A"}
        refused(DomainError, lambda: tree.add_building(code="A", **known), "building_code_once")
        refused(DomainError, lambda: tree.add_type(code="any", **known), "space_type_code_once")
        building = grounds.floor.building
        for level, code in ((1, "floor_level_once"), (0, "floor_level_counts")):
            refused(
                DomainError,
                lambda level=level: tree.add_floor(building=building, level=level, **known),
                code,
            )


def test_a_desk_stands_in_a_unit_and_on_its_floor(grounds):
    unit, (desk,) = grounds.office_of(1)
    assert desk.floor_id == unit.floor_id
    room = grounds.add()
    refused(InvalidInput, lambda: grounds.add("desk", parent=room))
    refused(InvalidInput, lambda: grounds.add("desk", parent=desk))
    refused(DomainError, lambda: grounds.add("studio", parent=unit), "space_desk_has_unit")


def test_a_unit_that_is_taken_gets_no_more_desks(grounds, owner, staff):
    unit, (desk,) = grounds.office_of(1)
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=NOW, space=desk)
    (row,) = taken(owner, want(unit, 24, 48))
    refused(tree.StillTaken, lambda: grounds.add("desk", parent=unit))
    with office(staff) as actor:
        refused(tree.StillTaken, lambda: tree.restore_space(actor=actor, now=NOW, space=desk))
        assert not row.beneath.exists()
        tree.restore_space(actor=actor, now=at(48), space=desk)
    assert Space.objects.get(pk=desk.pk).retired_at is None


def test_what_is_taken_is_not_retired_nor_lessened(grounds, owner, staff):
    unit, (desk,) = grounds.office_of(1)
    kit = grounds.add("kit", quantity=4)
    taken(owner, want(desk), want(kit, amount=3))
    with office(staff) as actor:
        refused(tree.StillTaken, lambda: tree.retire_space(actor=actor, now=NOW, space=desk))
        refused(
            DomainError,
            lambda: tree.retire_space(actor=actor, now=NOW, space=unit),
            "space_has_desks",
        )
        refused(
            tree.StillTaken,
            lambda: tree.change_space(actor=actor, now=NOW, space=kit, quantity=2),
        )
        tree.change_space(actor=actor, now=NOW, space=kit, quantity=3)
        refused(
            DomainError,
            lambda: tree.change_space(actor=actor, now=at(25), space=kit, quantity=1),
            "occupancy_exclusive_as_space",
        )
        tree.retire_space(actor=actor, now=at(25), space=desk)
        tree.retire_space(actor=actor, now=at(25), space=unit)


def test_retired_is_retired(grounds, staff):
    room = grounds.add()
    with office(staff) as actor:
        refused(WrongState, lambda: tree.restore_space(actor=actor, now=NOW, space=room))
        tree.retire_space(actor=actor, now=NOW, space=room)
        refused(WrongState, lambda: tree.retire_space(actor=actor, now=NOW, space=room))
        refused(
            WrongState, lambda: tree.change_space(actor=actor, now=NOW, space=room, name_en="x")
        )
        assert list(Space.objects.in_use()) == []


def test_only_what_counts_is_leasable_area(grounds, staff):
    counted = grounds.add("unit")
    grounds.add("unit", counts_in_statistics=False)
    grounds.add("unit", lets_by_lease=False)
    grounds.add("studio", area=Decimal(40), lets_by_lease=True)
    gone = grounds.add("unit")
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=NOW, space=gone)
    assert list(Space.objects.lettable_area()) == [counted]


# -- closing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("close", [closing.put_into_maintenance, closing.block_space])
def test_a_closed_unit_is_taken_by_nobody(grounds, owner, staff, park, close):
    unit, (desk,) = grounds.office_of(1)
    with office(staff) as actor:
        row = close(actor=actor, now=NOW, space=unit, start=NOW, end=None, reason=" 漏水 ")
    assert (row.tenant_id, row.reason, row.ends_at) == (park.pk, "漏水", None)
    refused(Taken, lambda: taken(owner, want(desk)))
    with office(staff) as actor:
        again = closing.reopen_space(actor=actor, now=at(1), occupancy=row)
    assert (again.state, again.ends_at) == ("completed", at(1))
    taken(owner, want(desk))


def test_closing_is_refused_where_somebody_is(grounds, owner, staff):
    room, kit = grounds.add(), grounds.add("kit", quantity=3)
    taken(owner, want(room), want(kit))

    def close(space, reason="x", start=24):
        with office(staff) as actor:
            return closing.block_space(
                actor=actor, now=NOW, space=space, start=at(start), end=at(30), reason=reason
            )

    refused(Taken, lambda: close(room))
    refused(NotEnough, lambda: close(kit))
    refused(DomainError, lambda: close(room, "  ", 26), "occupancy_has_reason")
    assert close(kit, start=25).amount == 3


def test_only_what_was_closed_is_reopened(grounds, owner, staff):
    (row,) = taken(owner, want(grounds.add()))
    with office(staff) as actor:
        refused(WrongState, lambda: closing.reopen_space(actor=actor, now=NOW, occupancy=row))
        closed = closing.block_space(
            actor=actor, now=NOW, space=grounds.add(), start=NOW, end=at(9), reason="x"
        )
        closing.reopen_space(actor=actor, now=NOW, occupancy=closed)
        refused(WrongState, lambda: closing.reopen_space(actor=actor, now=NOW, occupancy=closed))
        assert Occupancy.objects.get(pk=closed.pk).state == "released"


# -- who -------------------------------------------------------------------------------------------


def attempts(actor, grounds, room, closed):
    """Each operation, by the action it needs."""
    known: Any = {"actor": actor, "now": NOW}
    named: Any = {"name_zh": "新", "name_en": "New"}
    building = grounds.floor.building
    return [
        (LEADS, lambda: tree.add_building(code="N", **named, **known)),
        (LEADS, lambda: tree.change_building(building=building, name_en="N", **known)),
        (LEADS, lambda: tree.add_floor(building=building, level=7, **named, **known)),
        (LEADS, lambda: tree.change_floor(floor=grounds.floor, name_en="N", **known)),
        (LEADS, lambda: tree.add_type(code="new", **named, **known)),
        (LEADS, lambda: tree.change_type(type=grounds.type, name_en="N", **known)),
        (LEADS, lambda: tree.add_space(
            kind="kit", type=grounds.type, code="NEW", **named, **known)),
        (LEADS, lambda: tree.change_space(space=room, name_en="N", **known)),
        (DESK, lambda: closing.reopen_space(occupancy=closed, **known)),
        (DESK, lambda: closing.put_into_maintenance(
            space=room, start=at(1), end=at(2), reason="x", **known)),
        (DESK, lambda: closing.block_space(
            space=room, start=at(3), end=at(4), reason="x", **known)),
    ]  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
def test_every_step_by_every_role(grounds, make, park, staff, role):
    room = grounds.add()
    with office(staff) as lead:
        closed = closing.block_space(
            actor=lead, now=NOW, space=room, start=NOW, end=None, reason="x"
        )
    with office(make.member(park, role, is_staff=True)) as actor:
        for allowed, attempt in attempts(actor, grounds, room, closed):
            if role in allowed:
                attempt()
            else:
                refused(NotPermitted, attempt)


@pytest.mark.parametrize("step", ["retire_space", "restore_space"])
def test_a_weaker_role_retires_nothing(grounds, make, park, step):
    room = grounds.add()
    with office(make.member(park, "operations", is_staff=True)) as actor:
        refused(NotPermitted, lambda: getattr(tree, step)(actor=actor, now=NOW, space=room))


def test_an_organisations_owner_changes_no_tree(grounds, owner):
    room = grounds.add()
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        refused(
            NotPermitted,
            lambda: tree.change_space(actor=owner.actor(), now=NOW, space=room, name_en="x"),
        )
        refused(
            NotPermitted,
            lambda: closing.block_space(
                actor=owner.actor(), now=NOW, space=room, start=NOW, end=None, reason="x"
            ),
        )
