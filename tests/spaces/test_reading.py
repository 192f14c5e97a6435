"""What is told of the ledger: busy spans to everybody, states to their reader; exits and sections."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from backbone.clearance import exit_steps
from backbone.data_export.tables import tables
from spaces import clearance, queries, sections
from spaces.models import Occupancy
from spaces.operations import closing, tree
from spaces.operations.occupancy import release
from spaces.queries import Busy, SpaceState
from tenants.models import TrailEntry
from tests.spaces.making import DAY, NOW, at, office, portal, taken, want

S = SpaceState


def test_everybody_sees_when_and_nobody_who(grounds, owner, rival):
    room, kit, other = grounds.add(), grounds.add("kit", quantity=9), grounds.add()
    taken(rival, want(room, 24, 26), want(kit, 24, 25, amount=4))
    taken(owner, want(kit, 24.5, 26, amount=2), want(other))
    with portal(owner):
        found = queries.busy(spaces=[room, kit], start=at(24), end=at(25), now=NOW)
    assert sorted(found) == sorted(
        [
            Busy(room.pk, at(24), at(25), 1),
            Busy(kit.pk, at(24), at(25), 4),
            Busy(kit.pk, at(24.5), at(25), 2),
        ]
    )


def test_looking_leaves_nothing_in_the_trail(grounds, owner, rival):
    room = grounds.add()
    taken(rival, want(room))
    with portal(owner) as actor:
        before = TrailEntry.objects.count()
        assert queries.busy(spaces=[room], start=NOW, end=None, now=NOW)
        queries.states_now(actor=actor, spaces=[room], now=NOW)
        assert TrailEntry.objects.count() == before
        assert Occupancy.objects.count() == 0


def test_an_expired_hold_is_not_busy(grounds, owner):
    room = grounds.add()
    taken(owner, want(room), held_until=at(1))
    with portal(owner):
        assert len(queries.busy(spaces=[room], start=NOW, end=None, now=at(0.9))) == 1
        assert queries.busy(spaces=[room], start=NOW, end=None, now=at(1)) == []


def test_how_many_are_free_is_the_least_of_the_whole_span(grounds, owner, rival, staff):
    kit = grounds.add("kit", quantity=5)
    taken(rival, want(kit, 24, 25, amount=2))
    taken(owner, want(kit, 25, 26, amount=3), want(kit, 25.5, 27))

    def free(start, end):
        with portal(owner):
            return queries.free_amount(space=kit, start=at(start), end=at(end), now=NOW)

    assert [free(23, 24), free(24, 25), free(23, 28), free(26, 27)] == [5, 3, 1, 4]
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=at(30), space=kit)
        kit.refresh_from_db()
    assert free(23, 24) == 0


def states(member, spaces, now=NOW, *, is_staff=False):
    with office(member) if is_staff else portal(member) as actor:
        found = queries.states_now(actor=actor, spaces=spaces, now=now)
    return [found[space.pk] for space in spaces]


@pytest.fixture
def mixed(grounds, owner, rival, staff):
    """A space of each state at the same moment, by its state."""
    made = {state: grounds.add("unit", lets_by_hour=True) for state in S if state != S.TAKEN}
    taken(rival, want(made[S.LEASED], 0, 24 * 91))
    taken(rival, want(made[S.ENDING], 0, 24 * 90))
    taken(rival, want(made[S.BOOKED], 0, 1, kind="booking"))
    taken(rival, want(made[S.RESERVED], 0, 24), held_until=at(5))
    with office(staff) as actor:
        known: Any = {"actor": actor, "now": NOW, "start": NOW, "end": None, "reason": "x"}
        closing.put_into_maintenance(space=made[S.MAINTENANCE], **known)
        closing.block_space(space=made[S.BLOCKED], **known)
    return made


def test_the_staff_see_what_each_space_is(mixed, staff):
    assert states(staff, [*mixed.values()], is_staff=True) == [*mixed]


def test_others_see_that_it_is_taken_and_of_their_own_what(mixed, owner, rival):
    theirs = [S.FREE, S.RESERVED, S.BOOKED, S.LEASED, S.ENDING, S.TAKEN, S.TAKEN]
    assert states(owner, [*mixed.values()]) == [S.FREE, *[S.TAKEN] * 6]
    assert states(rival, [*mixed.values()]) == theirs


def test_of_several_things_on_a_day_the_weightiest_is_shown(grounds, owner, staff):
    room = grounds.add()
    taken(owner, want(room, 24, 25))
    day = timezone.localdate(at(24))
    start, end = queries.day_span(day)
    assert end - start == DAY
    with office(staff) as actor:
        assert queries.states_on(actor=actor, spaces=[room], day=day, now=NOW) == {
            room.pk: S.BOOKED
        }
        closing.block_space(
            actor=actor, now=NOW, space=room, start=at(25), end=at(25.2), reason="x"
        )
        later = queries.states(actor=actor, spaces=[room], start=at(24), end=at(26), now=NOW)
        assert later == {room.pk: S.BLOCKED}


def test_the_past_is_told_as_it_was(grounds, owner, staff):
    unit = grounds.add("unit")
    (row,) = taken(owner, want(unit, -24 * 9, 24))
    with office(staff) as actor:
        release(actor=actor, now=NOW, occupancies=[row], at=NOW)
        known: Any = {"actor": actor, "spaces": [unit], "now": NOW}
        assert queries.states(start=at(-30), end=at(-20), **known) == {unit.pk: S.ENDING}
        assert queries.states(start=at(1), end=at(2), **known) == {unit.pk: S.FREE}


def test_a_space_that_is_counted_is_taken_when_nothing_is_left(grounds, owner, rival):
    kit = grounds.add("kit", quantity=2)
    taken(owner, want(kit, 0, 1))
    assert states(owner, [kit]) == [S.FREE]
    taken(rival, want(kit, 0, 1))
    assert states(owner, [kit]) == [S.TAKEN]


# -- leaving, and the organisation's page ----------------------------------------------------------


def items(provider, tenant, now=NOW):
    return [(item.code, item.blocking, str(item)) for item in provider(tenant, now)]


def test_bookings_block_an_exit_and_leases_its_inspection(grounds, owner, enterprise, staff):
    unit, _desks = grounds.office_of(2)
    (lease,) = taken(owner, want(unit, 24, None))
    taken(owner, want(grounds.add(), 24, 25), want(grounds.add("kit"), 24, 25))
    with office(staff) as actor:
        ((code, blocking, told),) = items(clearance.what_is_open, enterprise)
        assert (code, blocking) == ("spaces_taken", True)
        assert "2" in told
        for state in ("inspection", "settlement"):
            (step,) = [step for step in exit_steps(state) if step.code == "leased_spaces"]
            ((_code, blocking, told),) = items(step.open_items, enterprise)
            assert blocking
            assert unit.code in told
        assert items(clearance.what_is_open, enterprise, at(25)) == []
        release(actor=actor, now=at(30), occupancies=[lease], at=at(30))
        assert items(clearance.what_is_leased, enterprise, at(30)) == []


def test_what_expired_or_was_cancelled_blocks_nobody(grounds, owner, enterprise, staff):
    taken(owner, want(grounds.add()), held_until=at(1))
    with office(staff):
        assert items(clearance.what_is_open, enterprise, at(0.5))
        assert items(clearance.what_is_open, enterprise, at(1)) == []


def test_the_organisations_page_says_what_it_has(grounds, owner, enterprise, neighbour, staff):
    unit, _desks = grounds.office_of(1)
    taken(owner, want(unit, 24, None), want(grounds.add()))
    with office(staff) as actor:
        shown = sections.section(actor, enterprise, NOW)
        assert sections.section(actor, neighbour, NOW) is None
    assert shown is not None
    assert [str(line.value) for line in shown.lines] == [unit.code, "1"]


def test_an_export_says_from_when_until_when(grounds, owner):
    taken(owner, want(grounds.add(), 24, 25), want(grounds.add("unit"), 24, None))
    with portal(owner):
        (table,) = [each for each in tables(owner.tenant_id) if each.model is Occupancy]
        column = [each.name for each in table.columns].index("during")
        found = [row[column] for row in table.rows()]
    during = table.columns[column]
    until = [at(25).isoformat(), ".."]
    assert [during.plain(each) for each in found] == [
        f"{at(24).isoformat()}/{end}" for end in until
    ]
    first = f"{timezone.localtime(at(24)):%Y-%m-%d %H:%M} –"
    assert [during.shown(each)[:18] for each in found] == [first, first]
