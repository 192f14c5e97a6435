"""Taking, holding, moving and giving back, and every refusal with nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from spaces import housekeeping
from spaces.models import Occupancy, OccupancyState
from spaces.operations import occupancy as operations
from spaces.operations import tree
from spaces.operations.judging import HoldExpired
from spaces.operations.making_room import NotEnough, Taken
from spaces.operations.occupancy import Move
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant, TrailEntry
from tenants.operations import leave_park
from tenants.standing import HasLeft
from tests.spaces.making import HOUR, NOW, acting, at, ledger, office, portal, states, taken, want

LATER = NOW + HOUR


def do(name, member, rows, now=NOW, **values):
    with acting(member, {row.kind for row in rows}) as actor:
        return getattr(operations, name)(actor=actor, now=now, occupancies=rows, **values)


def move(member, *moves, now=NOW):
    with acting(member, {row.kind for row, _start, _end in moves}) as actor:
        return operations.move(
            actor=actor, now=now, moves=[Move(row, at(start), at(end)) for row, start, end in moves]
        )


def refused(kind, call, code=""):
    """The call is refused so, and the ledger is as it was."""
    before = ledger()
    with pytest.raises(kind) as told:
        call()
    assert ledger() == before
    assert not code or told.value.code == code
    return str(told.value)


# -- taking ----------------------------------------------------------------------------------------


def test_a_room_its_kit_and_its_operator_are_taken_together(grounds, owner):
    wanted = [want(grounds.add()), want(grounds.add("kit")), want(grounds.add("operator"))]
    rows = taken(owner, *wanted)
    assert [row.space for row in rows] == [each.space for each in wanted]
    assert {(row.state, row.group) for row in rows} == {("active", rows[0].group)}
    assert {row.tenant_id for row in rows} == {owner.tenant_id}
    with portal(owner):
        assert Occupancy.objects.of_source(owner).count() == 3


def test_who_ends_at_ten_makes_room_for_who_begins_at_ten(grounds, owner, rival):
    room = grounds.add()
    taken(owner, want(room, 24, 25))
    taken(rival, want(room, 25, 26))
    taken(rival, want(room, 23, 24))
    assert states() == ["active"] * 3


@pytest.mark.parametrize("span", [(24, 25), (24.5, 24.6), (23, 30), (24.9, 26), (20, 24.1)])
def test_what_overlaps_is_refused_whole_and_named(grounds, owner, rival, span):
    room, kit = grounds.add(code="R-1"), grounds.add("kit", code="K-1")
    taken(owner, want(room))
    told = refused(Taken, lambda: taken(rival, want(kit, *span), want(room, *span)), "space_taken")
    assert "R-1" in told
    assert "K-1" not in told


def test_two_wishes_in_each_others_way_are_refused(grounds, owner):
    room = grounds.add()
    refused(Taken, lambda: taken(owner, want(room), want(room, 24.5, 26)))


def test_nobody_takes_for_somebody_else(grounds, owner, neighbour):
    room = grounds.add()
    with portal(owner) as actor, pytest.raises(NotPermitted):
        operations.take(actor=actor, now=NOW, holder=neighbour, wants=[want(room)], source=owner)
    assert ledger() == []


def test_the_parks_desk_takes_for_anybody(grounds, staff, enterprise):
    with office(staff) as actor:
        (row,) = operations.take(
            actor=actor, now=NOW, holder=enterprise, wants=[want(grounds.add())], source=staff
        )
    assert row.tenant_id == enterprise.pk


@pytest.mark.parametrize("role", ["finance", "member"])
def test_a_weaker_role_of_the_staff_takes_nothing(grounds, make, park, enterprise, role):
    room = grounds.add()
    with office(make.member(park, role, is_staff=True)) as actor, pytest.raises(NotPermitted):
        operations.take(actor=actor, now=NOW, holder=enterprise, wants=[want(room)])
    assert ledger() == []


def test_nothing_is_taken_for_who_has_left(grounds, owner, enterprise, staff):
    room = grounds.add()
    (held,) = taken(owner, want(room), held_until=at(2))
    with office(staff) as actor:
        leave_park(actor=actor, now=NOW, tenant=Tenant.objects.get(pk=enterprise.pk))
    refused(HasLeft, lambda: taken(owner, want(room, 30, 31)))
    refused(HasLeft, lambda: do("activate", owner, [held]))
    refused(HasLeft, lambda: move(owner, (held, 30, 31)))
    do("cancel", owner, [held])
    assert states() == ["cancelled"]


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("meeting_room", {"start": 25, "end": 24}, "occupancy_span"),
        ("meeting_room", {"start": 25, "end": 25}, "occupancy_span"),
        ("meeting_room", {"end": None}, "occupancy_ends"),
        ("meeting_room", {"amount": 2}, "occupancy_amount"),
        ("meeting_room", {"amount": 0}, "occupancy_amount"),
        ("meeting_room", {"kind": "lease"}, "not_by_lease"),
        ("unit", {"kind": "booking"}, "not_by_hour"),
        ("unit", {"kind": "session"}, "not_by_hour"),
        ("unit", {"kind": "block"}, "occupancy_has_reason"),
        ("unit", {"kind": "siesta"}, "occupancy_kind_known"),
    ],
)
def test_what_cannot_be_is_refused(grounds, owner, kind, values, code):
    refused(DomainError, lambda: taken(owner, want(grounds.add(kind), **values)), code)


def test_a_lease_may_go_on_until_further_notice(grounds, owner, rival):
    unit = grounds.add("unit")
    taken(owner, want(unit, 24, None))
    refused(Taken, lambda: taken(rival, want(unit, 24 * 900, 24 * 901)))
    taken(rival, want(unit, 20, 24))


def test_nothing_at_all_is_refused(owner):
    refused(InvalidInput, lambda: taken(owner))


def test_a_booking_needs_what_it_is_for(grounds, owner):
    room = grounds.add()
    refused(DomainError, lambda: taken(owner, want(room), source=None), "occupancy_has_source")
    taken(owner, want(room, kind="hold"), source=None, held_until=at(1))


def test_what_is_retired_is_not_taken(grounds, owner, staff):
    room = grounds.add()
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=NOW, space=room)
    refused(DomainError, lambda: taken(owner, want(room)), "space_retired")


@pytest.mark.parametrize("kind", ["lease", "maintenance", "block"])
def test_an_organisation_neither_leases_nor_closes(grounds, owner, kind):
    wanted = want(grounds.add("unit"), 24, None, kind=kind, reason="x")
    with portal(owner) as actor, pytest.raises(NotPermitted):
        operations.take(
            actor=actor, now=NOW, holder=Tenant.objects.get(pk=owner.tenant_id), wants=[wanted],
            source=owner,
        )  # fmt: skip
    assert ledger() == []


@pytest.mark.parametrize("step", ["cancel", "complete", "release", "move"])
def test_an_organisation_does_not_end_its_lease(grounds, owner, step):
    rows = taken(owner, want(grounds.add("unit"), -9, None))

    def go():
        with portal(owner) as actor:
            known: Any = {"actor": actor, "now": NOW}
            if step == "move":
                return operations.move(moves=[Move(rows[0], at(1), at(2))], **known)
            more = {"at": at(9)} if step == "release" else {}
            return getattr(operations, step)(occupancies=rows, **known, **more)

    refused(NotPermitted, go)


def test_only_staff_put_the_past_on_record(grounds, owner, staff, enterprise):
    room = grounds.add()
    refused(InvalidInput, lambda: taken(owner, want(room, -3, -2)), "time_is_over")
    (row,) = taken(owner, want(room, -1, 5))
    refused(InvalidInput, lambda: do("release", owner, [row], at=at(-0.5)), "time_is_over")
    refused(InvalidInput, lambda: move(owner, (row, -1, -0.5)), "time_is_over")
    with office(staff) as actor:
        known: Any = {"actor": actor, "now": NOW}
        operations.take(holder=enterprise, wants=[want(room, -3, -2)], source=staff, **known)
        (ended,) = operations.release(occupancies=[row], at=at(-0.5), **known)
    assert ended.state == "completed"


def test_the_past_is_not_given_away_twice(grounds, owner, rival):
    room = grounds.add()
    rows = taken(owner, want(room, 1, 5))
    do("release", owner, rows, now=at(3), at=at(3))
    refused(Taken, lambda: taken(rival, want(room, 2, 4), now=at(3)))
    taken(rival, want(room, 3, 4), now=at(3))


def test_what_has_begun_is_not_called_off(grounds, owner):
    rows = taken(owner, want(grounds.add(), 1, 5))
    refused(operations.HasBegun, lambda: do("cancel", owner, rows, now=at(1)))
    held = taken(owner, want(grounds.add(), 1, 5), held_until=at(2))
    do("cancel", owner, held, now=at(1))


# -- units and their desks -------------------------------------------------------------------------


def test_a_unit_takes_its_desks_with_it(grounds, owner, rival):
    unit, desks = grounds.office_of(3)
    (row,) = taken(owner, want(unit, 24, None))
    with portal(owner):
        assert {each.space_id for each in row.beneath.all()} == {desk.pk for desk in desks}
    for desk in desks:
        refused(Taken, lambda desk=desk: taken(rival, want(desk, 30, 31)))


def test_a_unit_with_a_desk_taken_is_not_to_be_had(grounds, owner, rival):
    unit, desks = grounds.office_of(2)
    taken(rival, want(desks[1], 30, 31))
    told = refused(Taken, lambda: taken(owner, want(unit, 24, 48)))
    assert unit.code in told
    taken(owner, want(unit, 24, 30), want(unit, 31, 48))


def test_desks_go_wherever_their_unit_goes(grounds, owner, rival):
    unit, (desk,) = grounds.office_of(1)
    rows = taken(owner, want(unit, 24, 48), held_until=at(1))
    do("activate", owner, rows)
    move(owner, (rows[0], 30, 60))
    with portal(owner):
        (beneath,) = rows[0].beneath.all()
        assert (beneath.state, beneath.starts_at, beneath.ends_at) == ("active", at(30), at(60))
    taken(rival, want(desk, 24, 30))
    do("release", owner, rows, at=at(40))
    taken(rival, want(desk, 40, 41))


# -- what is counted -------------------------------------------------------------------------------


def test_of_a_space_that_is_counted_no_more_is_taken_than_there_is(grounds, owner, rival):
    kit = grounds.add("kit", quantity=5)
    taken(owner, want(kit, 24, 26, amount=3))
    taken(rival, want(kit, 25, 27, amount=2))
    refused(NotEnough, lambda: taken(owner, want(kit, 25.5, 25.6)), "space_not_enough")
    taken(owner, want(kit, 26, 27, amount=3))
    # Three and two, one after the other: never five at once, but five where they meet.
    refused(NotEnough, lambda: taken(rival, want(kit, 23, 28, amount=1)))
    taken(rival, want(kit, 27, 28, amount=5))


def test_counting_is_recorded_and_shows_nothing_of_others(grounds, owner, rival):
    kit = grounds.add("kit", quantity=2)
    taken(rival, want(kit))
    taken(owner, want(kit))
    with enter_tenant(owner.tenant_id):
        assert TrailEntry.objects.filter(action="crossing").count() == 1
        assert Occupancy.objects.count() == 1


def test_more_of_a_space_by_moving_is_counted_too(grounds, owner, rival):
    kit = grounds.add("kit", quantity=2)
    taken(rival, want(kit, 25, 26, amount=2))
    (row,) = taken(owner, want(kit, 24, 25, amount=2))
    refused(NotEnough, lambda: move(owner, (row, 24, 26)))
    move(owner, (row, 24.5, 25))


# -- holds -----------------------------------------------------------------------------------------


def test_a_hold_keeps_others_out_until_it_expires(grounds, owner, rival):
    room = grounds.add()
    taken(owner, want(room), held_until=at(2))
    refused(Taken, lambda: taken(rival, want(room), now=at(1.9)))
    taken(rival, want(room), now=at(2))
    assert states() == ["lapsed", "active"]
    with enter_tenant(rival.tenant_id):
        crossing = TrailEntry.objects.get(action="crossing")
    assert crossing.user_id == rival.user_id
    with enter_tenant(owner.tenant_id):
        lapsed = TrailEntry.objects.get(table="spaces_occupancy", action="update")
    # Who came is no business of a competitor.
    assert lapsed.user_id is None


def test_an_expired_hold_is_not_confirmed_even_when_nobody_else_came(grounds, owner):
    rows = taken(owner, want(grounds.add()), held_until=at(2))
    refused(HoldExpired, lambda: do("activate", owner, rows, now=at(2)))
    refused(HoldExpired, lambda: do("prolong", owner, rows, now=at(2), held_until=at(3)))
    refused(HoldExpired, lambda: do("cancel", owner, rows, now=at(2)))
    refused(HoldExpired, lambda: do("release", owner, rows, now=at(2), at=at(2)))
    refused(HoldExpired, lambda: move(owner, (rows[0], 30, 31), now=at(2)))


def test_an_expired_hold_makes_room_beside_a_kit_of_which_some_is_taken(grounds, owner, rival):
    room, kit = grounds.add(), grounds.add("kit", quantity=3)
    taken(owner, want(room), held_until=at(1))
    taken(owner, want(kit))
    taken(rival, want(room), want(kit), now=at(1))
    assert states() == ["lapsed", "active", "active", "active"]


def test_a_hold_may_be_prolonged(grounds, owner, rival):
    room = grounds.add()
    rows = taken(owner, want(room), held_until=at(2))
    do("prolong", owner, rows, held_until=at(5))
    refused(Taken, lambda: taken(rival, want(room), now=at(4)))
    do("activate", owner, rows, now=at(4))
    assert states() == ["active"]
    refused(WrongState, lambda: do("prolong", owner, rows, held_until=at(9)))


@pytest.mark.parametrize("until", [NOW, NOW - HOUR])
def test_nothing_is_held_until_a_moment_that_is_over(grounds, owner, until):
    room = grounds.add()
    refused(InvalidInput, lambda: taken(owner, want(room), held_until=until), "held_until")
    rows = taken(owner, want(room), held_until=at(1))
    refused(InvalidInput, lambda: do("prolong", owner, rows, held_until=until))


def test_an_expired_hold_does_not_count(grounds, owner, rival):
    kit = grounds.add("kit", quantity=2)
    taken(owner, want(kit, amount=2), held_until=at(1))
    refused(NotEnough, lambda: taken(rival, want(kit)))
    taken(rival, want(kit, amount=2), now=at(1))


def test_tidying_marks_what_expired(grounds, owner, rival):
    taken(owner, want(grounds.add()), held_until=at(1))
    taken(owner, want(grounds.add()), held_until=at(9))
    taken(rival, want(grounds.add()), held_until=at(1))
    with enter_tenant(owner.tenant_id):
        housekeeping.lapse_own(at(2))
    assert states() == ["lapsed", "held", "held"]


# -- moving and giving back ------------------------------------------------------------------------


def test_rows_of_one_taking_may_change_places(grounds, owner):
    """A booking and the buffer behind it, each to where the other was."""
    room = grounds.add()
    booking, buffer = taken(owner, want(room, 24, 25), want(room, 25, 25.5, kind="buffer"))
    move(owner, (booking, 24.5, 25.5), (buffer, 25.5, 26))
    move(owner, (booking, 25, 26), (buffer, 24, 25))


def test_a_move_into_somebody_is_refused_whole(grounds, owner, rival):
    room, kit = grounds.add(), grounds.add("kit")
    taken(rival, want(room, 26, 27))
    first, second = taken(owner, want(room), want(kit))
    told = refused(Taken, lambda: move(owner, (second, 26, 27), (first, 25.5, 26.5)))
    assert room.code in told
    assert kit.code not in told
    refused(InvalidInput, lambda: move(owner, (first, 26, 26)))
    refused(InvalidInput, lambda: move(owner))
    move(owner, (first, 27, 28), (second, 27, 28))


def test_a_move_lapses_an_expired_hold_in_its_way(grounds, owner, rival):
    room = grounds.add()
    taken(rival, want(room, 26, 27), held_until=at(1))
    (row,) = taken(owner, want(room))
    refused(Taken, lambda: move(owner, (row, 26, 27)))
    move(owner, (row, 26, 27), now=at(1))
    assert states() == ["lapsed", "active"]


@pytest.mark.parametrize(
    ("moment", "now", "state", "end"),
    [
        (23, 0, "released", 26),
        (24, 24, "released", 26),
        (25, 25, "completed", 25),
        (25, 24.5, "active", 25),
        (26, 26, "active", 26),
        (30, 30, "active", 26),
    ],
)
def test_what_is_left_is_given_back(grounds, owner, moment, now, state, end):
    rows = taken(owner, want(grounds.add(), 24, 26))
    (row,) = do("release", owner, rows, now=at(now), at=at(moment))
    assert (row.state, row.ends_at) == (state, at(end))


def test_what_was_given_back_is_free(grounds, owner, rival):
    room = grounds.add()
    do("cancel", owner, taken(owner, want(room, 24, 25)))
    do("release", owner, taken(owner, want(room, 26, 28)), now=at(27), at=at(27))
    taken(rival, want(room, 24, 25), want(room, 27, 28))
    refused(Taken, lambda: taken(rival, want(room, 26, 27.5)))


def test_what_goes_on_is_not_completed(grounds, owner):
    rows = taken(owner, want(grounds.add()))
    refused(WrongState, lambda: do("complete", owner, rows, now=at(24.9)))
    do("complete", owner, rows, now=at(25))
    assert states() == ["completed"]


# -- who and when ----------------------------------------------------------------------------------

STEPS = {
    "activate": {},
    "prolong": {"held_until": at(20)},
    "release": {"at": at(30)},
    "cancel": {},
    "complete": {},
}


@pytest.mark.parametrize("step", [*STEPS, "move"])
def test_a_strangers_rows_are_not_there(grounds, owner, rival, step):
    rows = taken(owner, want(grounds.add()), held_until=at(2))

    def reach():
        return (
            move(rival, (rows[0], 30, 31))
            if step == "move"
            else do(step, rival, rows, **STEPS[step])
        )

    refused(Occupancy.DoesNotExist, reach)


# Where each step leads from each state; what is not here is refused.
ALLOWED = {
    ("activate", "held"): "active",
    ("prolong", "held"): "held",
    ("move", "held"): "held",
    ("move", "active"): "active",
    ("release", "held"): "released",
    ("release", "active"): "released",
    ("cancel", "held"): "cancelled",
    ("cancel", "active"): "cancelled",
    ("complete", "active"): "completed",
}


@pytest.mark.parametrize("state", OccupancyState.values)
def test_every_step_from_every_state(grounds, owner, state):
    room = grounds.add()
    for step in [*STEPS, "move"]:
        rows = taken(owner, want(room), held_until=at(26))
        put_into(rows[0], state)
        values = {"at": at(20)} if step == "release" else STEPS.get(step, {})
        now = at(25.5) if step == "complete" else NOW

        def go(step=step, rows=rows, now=now, values=values):
            if step == "move":
                return move(owner, (rows[0], 24, 24.5))
            return do(step, owner, rows, now=now, **values)

        if (step, state) in ALLOWED:
            (row,) = go()
            assert row.state == ALLOWED[step, state]
        else:
            refused(WrongState, go)
        put_into(rows[0], "cancelled")


def put_into(row, state):
    with portal_of(row):
        Occupancy.objects.filter(pk=row.pk).update(
            state=state, expires_at=at(26) if state == "held" else None
        )


def portal_of(row):
    return enter_tenant(row.tenant_id)


@pytest.mark.parametrize("after", OccupancyState.values)
@pytest.mark.parametrize("before", OccupancyState.values)
def test_every_pair_of_states(before, after):
    row = Occupancy(state=before)
    if after in Occupancy.TRANSITIONS[before]:
        row.move_to(after)
        assert row.state == after
        return
    with pytest.raises(WrongState):
        row.move_to(after)


# -- the database alone ----------------------------------------------------------------------------


def insert(space, tenant, **values):
    known = {"during": "[2030-01-01, 2030-01-02)", "is_exclusive": True, "state": "active"}
    row = {"space_id": space.pk, "tenant_id": tenant.pk, "kind": "hold", **known, **values}
    names = ", ".join(f'"{name}"' for name in row)
    with enter(Identity(STAFF)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'insert into spaces_occupancy ({names}, amount, source_type, "group", reason) values '
            f"({', '.join(['%s'] * len(row))}, 1, '', gen_random_uuid(), '')",
            list(row.values()),
        )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({}, "occupancy_no_overlap"),
        ({"is_exclusive": False}, "occupancy_exclusive_as_space"),
        ({"state": "held"}, "occupancy_held_expires"),
        ({"during": "(2031-01-01, 2031-01-02)"}, "occupancy_span"),
        ({"during": "(, 2031-01-02)"}, "occupancy_span"),
        ({"during": "empty"}, "occupancy_span"),
        ({"during": "[2031-01-01,)"}, "occupancy_ends"),
    ],
)
def test_whoever_writes_the_table_has_the_last_judge(
    grounds, enterprise, neighbour, values, constraint
):
    room = grounds.add()
    insert(room, enterprise)
    with pytest.raises(IntegrityError, match=constraint):
        insert(room, neighbour, **values)


def test_the_portals_role_writes_no_tree(grounds, inside):
    from django.db import ProgrammingError

    for table in ("building", "floor", "space", "spacetype"):
        for statement in ("delete from spaces_{}", "update spaces_{} set id = id"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement.format(table))
