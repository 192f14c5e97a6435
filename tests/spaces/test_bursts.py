"""32 clients want the same 20 slots: 20 get one, everybody else is told clearly.

With the constraint dropped, or the lock of a counted space taken away, the same bursts oversell.
"""

from __future__ import annotations

import contextlib
import random
import threading
from contextlib import closing
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from foundation.errors import DomainError
from spaces import locks
from spaces.models import Occupancy
from spaces.operations import making_room
from spaces.operations import occupancy as operations
from spaces.operations.occupancy import Move
from tenants.isolation.context import STAFF, Identity, enter
from tests import databases
from tests.spaces.bursts import DONE, SLOTS, TRIES, burst, live, overlaps
from tests.spaces.making import at, portal, taken, want

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REFUSED = TRIES - SLOTS


@pytest.fixture
def people(make, grounds):
    """Of four organisations."""
    return [make.member(make.tenant(), "owner", password=None) for _each in range(4)]


def whose(people, number):
    return people[number % len(people)]


def slot(number):
    """One of the slots, by turns: hours that do not touch."""
    return 24 + 2 * (number % SLOTS), 25 + 2 * (number % SLOTS)


def takes(people, room, **values):
    return [
        lambda n=number: taken(whose(people, n), want(room, *slot(n)), **values)
        for number in range(TRIES)
    ]


def each_slot_once(outcomes, refusal="space_taken"):
    assert outcomes == {DONE: SLOTS, refusal: REFUSED}
    assert live() >= SLOTS
    assert overlaps() == 0


def test_each_slot_is_taken_once(people, grounds):
    each_slot_once(burst(takes(people, grounds.add())))


def test_without_the_constraint_slots_are_oversold(people, grounds):
    room = grounds.add()
    definition = _drop_constraint()
    try:
        outcomes = burst(takes(people, room))
        assert outcomes[DONE] > SLOTS
        assert overlaps() > 0
    finally:
        _restore_constraint(definition)


def _as_owner(statement):
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def _drop_constraint():
    name = "occupancy_no_overlap"
    asked = f"select pg_get_constraintdef(oid) from pg_constraint where conname = '{name}'"
    definition = _as_owner(asked)
    _as_owner(f"alter table spaces_occupancy drop constraint {name}")
    return definition


def _restore_constraint(definition):
    _as_owner("truncate spaces_occupancy")
    _as_owner(f"alter table spaces_occupancy add constraint occupancy_no_overlap {definition}")


def test_room_kit_and_operator_all_or_nothing_in_any_order(people, grounds):
    """Each try names its spaces in another order, which is how careless locks deadlock."""
    spaces = [grounds.add(), grounds.add("kit"), grounds.add("operator", quantity=2)]
    dice = random.Random(20)

    def attempt(number):
        wanted = [want(space, *slot(number)) for space in spaces]
        dice.shuffle(wanted)
        return lambda: taken(whose(people, number), *wanted)

    outcomes = burst([attempt(number) for number in range(TRIES)])
    assert outcomes == {DONE: SLOTS, "space_taken": REFUSED}
    assert live() == 3 * SLOTS
    assert overlaps() == 0


def test_buffers_keep_the_neighbours_out(people, grounds):
    """A quarter of an hour before and after, into which slots that begin at once would reach."""
    room = grounds.add()

    def attempt(number):
        start, end = slot(number)
        wanted = [
            want(room, start - 0.25, start, kind="buffer"),
            want(room, start, end + 0.5),
            want(room, end + 0.5, end + 0.75, kind="buffer"),
        ]
        return lambda: taken(whose(people, number), *wanted)

    outcomes = burst([attempt(number) for number in range(TRIES)])
    assert outcomes == {DONE: SLOTS, "space_taken": REFUSED}
    assert live() == 3 * SLOTS
    assert overlaps() == 0


def test_a_series_is_taken_whole(people, grounds):
    """The same hour for four weeks; every other try begins a week later and meets in the rest."""
    room, week = grounds.add(), 24 * 7

    def attempt(number):
        start, end = slot(number)
        weeks = range(number // SLOTS % 2, number // SLOTS % 2 + 4)
        wanted = [want(room, start + week * each, end + week * each) for each in weeks]
        return lambda: taken(whose(people, number), *wanted)

    outcomes = burst([attempt(number) for number in range(TRIES)])
    assert outcomes == {DONE: SLOTS, "space_taken": REFUSED}
    assert live() == 4 * SLOTS
    assert overlaps() == 0


def test_a_hold_is_confirmed_once(people, grounds):
    room, holder = grounds.add(), people[0]
    held = [taken(holder, want(room, *slot(number)), held_until=at(9)) for number in range(SLOTS)]

    def attempt(number):
        def confirm():
            with portal(holder) as actor:
                rows = held[number % SLOTS]
                operations.activate(actor=actor, now=at(1), occupancies=rows)

        return confirm

    each_slot_once(burst([attempt(number) for number in range(TRIES)]), "wrong_state")


def test_holds_that_expire_meanwhile_go_to_one(people, grounds):
    """Half of the tries come while the hold lasts, half when it is over: one of those gets it."""
    room = grounds.add()
    for number in range(SLOTS):
        taken(people[0], want(room, *slot(number)), held_until=at(1))

    def attempt(number):
        now = at(0.5) if number // SLOTS % 2 else at(1)
        return lambda: taken(whose(people, number), want(room, *slot(number)), now=now)

    each_slot_once(burst([attempt(number) for number in range(TRIES)]))
    assert live() == SLOTS


def test_a_hold_is_confirmed_or_lapses_and_never_both(people, grounds):
    room, holder = grounds.add(), people[0]
    held = [taken(holder, want(room, *slot(number)), held_until=at(1)) for number in range(SLOTS)]

    def attempt(number):
        def confirm():
            with portal(holder) as actor:
                operations.activate(actor=actor, now=at(0.9), occupancies=held[number % SLOTS])

        def take():
            taken(whose(people, number), want(room, *slot(number)), now=at(1))

        return confirm if number // SLOTS % 2 else take

    outcomes = burst([attempt(number) for number in range(TRIES)])
    assert outcomes[DONE] == SLOTS
    assert outcomes.keys() <= {DONE, "space_taken", "wrong_state"}
    assert live() == SLOTS
    assert overlaps() == 0


def rows_elsewhere(people, room):
    """A row of its own for each try, each in an hour that nobody wants."""
    with enter(Identity(STAFF)):
        return Occupancy.objects.bulk_create(
            [
                Occupancy(
                    tenant_id=whose(people, number).tenant_id,
                    space=room,
                    is_exclusive=True,
                    during=DateTimeTZRange(at(1000 + number), at(1000.5 + number)),
                    kind="hold",
                    state="active",
                    group=uuid4(),
                )
                for number in range(TRIES)
            ]
        )


def test_one_moves_into_each_slot(people, grounds):
    room = grounds.add()
    rows = rows_elsewhere(people, room)

    def attempt(number):
        start, end = slot(number)

        def shift():
            with portal(whose(people, number)) as actor:
                moves = [Move(rows[number], at(start), at(end))]
                operations.move(actor=actor, now=at(0), moves=moves)

        return shift

    each_slot_once(burst([attempt(number) for number in range(TRIES)]))
    assert live() == TRIES


def test_the_hour_behind_goes_to_who_extends_or_who_takes_it(people, grounds):
    room = grounds.add()
    first = [taken(people[0], want(room, *slot(number)))[0] for number in range(SLOTS)]

    def attempt(number):
        start, end = slot(number)

        def extend():
            with portal(people[0]) as actor:
                moves = [Move(first[number % SLOTS], at(start), at(end + 0.5))]
                operations.move(actor=actor, now=at(0), moves=moves)

        def take():
            taken(people[1], want(room, end, end + 0.5))

        return extend if number // SLOTS % 2 else take

    outcomes = burst([attempt(number) for number in range(TRIES)])
    # Who has extended may say so again; nobody takes the hour besides.
    assert outcomes.keys() <= {DONE, "space_taken"}
    assert overlaps() == 0
    with enter(Identity(STAFF)):
        extended = sum(
            row.ends_at == at(slot(number)[1] + 0.5)
            for number, row in enumerate(
                Occupancy.objects.filter(pk__in=[r.pk for r in first]).order_by("pk")
            )
        )
    assert extended + live() - SLOTS == SLOTS


def test_of_a_space_that_is_counted_as_many_as_there_are(people, grounds):
    kit = grounds.add("kit", quantity=SLOTS)
    tries = [lambda n=number: taken(whose(people, n), want(kit)) for number in range(TRIES)]
    outcomes = burst(tries)
    assert outcomes == {DONE: SLOTS, "space_not_enough": REFUSED}
    assert live() == SLOTS


# -- the lock of counted spaces --------------------------------------------------------------------


@pytest.fixture
def meeting(monkeypatch):
    """Both have counted before either commits; whom a lock holds back is not waited for long."""
    barrier, count = threading.Barrier(2), making_room.require_enough

    def meet(now, rows):
        count(now, rows)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)

    monkeypatch.setattr(operations, "require_enough", meet)


def both_take_the_last_two(people, grounds):
    kit = grounds.add("kit", quantity=3)
    outcomes = []

    def work(member):
        try:
            taken(member, want(kit, amount=2))
            outcomes.append(DONE)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[member]) for member in people[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def test_two_do_not_take_the_same_last_ones(people, grounds, meeting):
    assert both_take_the_last_two(people, grounds) == [DONE, "space_not_enough"]


def test_without_the_lock_both_would(people, grounds, meeting, monkeypatch):
    monkeypatch.setattr(locks, "LOCK", "select %s, %s::int[]")
    assert both_take_the_last_two(people, grounds) == [DONE, DONE]
