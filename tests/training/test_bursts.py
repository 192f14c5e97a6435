"""200 clients want the 30 seats of one session, 18 universities with a share each.

With the locks off the same burst oversells.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from functools import partial

import pytest

from foundation.errors import DomainError
from foundation.refs import ref_of
from gateway.views import ApiView
from tests.gateway.conftest import Program, make_key
from tests.proof import FULL
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import NOW, office, portal
from tests.training.making import DAY, S, booked, seats_now
from training import locks
from training.models.seats import TAKEN
from training.operations import giving_up, shares

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CLIENTS = 200 if FULL else 16
TRIES, SEATS = (200 if FULL else 90), 30
# Twelve universities with two seats and six with one.
SHARES = [2] * 12 + [1] * 6


@pytest.fixture
def schools(make_school):
    return [make_school() for _each in SHARES]


@pytest.fixture
def session(centre, schools):
    made = centre.session(capacity=SEATS)
    with office(centre.lead) as actor:
        for school, seats in zip(schools, SHARES, strict=True):
            shares.set_share(
                actor=actor, now=NOW, session=made, tenant=school.tenant, seats=seats,
                until=NOW + DAY,
            )  # fmt: skip
    return made


def tries(schools, session, **values):
    """Each university by turns, in an order that the dice say."""
    turns = [schools[number % len(schools)] for number in range(TRIES)]
    random.Random(30).shuffle(turns)
    return [partial(booked, s.keeper, session, blanks=1, **values) for s in turns]


def taken(session):
    """By organisation."""
    return Counter(s.tenant_id for s in seats_now(session) if s.state in TAKEN)


def test_exactly_the_seats_there_are_and_no_share_exceeded(schools, session):
    outcomes = burst(tries(schools, session), CLIENTS)
    assert outcomes == {DONE: SEATS, "seats_full": TRIES - SEATS}
    kept = zip(schools, SHARES, strict=True)
    assert taken(session) == {school.tenant.pk: share for school, share in kept}


def programs(schools, make):
    """One for each university, with a key that its owner made."""
    owners = [make.member(school.tenant, "owner", password=None) for school in schools]
    return [Program(str(make_key(owner, "coordinator")[1])) for owner in owners]


def calls(made, session):
    """As ``tries``, through the API; a refusal counts as its code."""
    path = f"sessions/{ref_of(session.pk, 'training')}/seats"

    def call(program):
        answer = program.post(path, {"blanks": 1})
        if answer.status_code != 201:
            raise DomainError(code=answer.json()["code"])

    turns = [made[number % len(made)] for number in range(TRIES)]
    random.Random(32).shuffle(turns)
    return [partial(call, program) for program in turns]


@pytest.fixture
def at_the_api(monkeypatch, settings):
    """Calls are made at the moment around which the sessions lie, and nobody is slowed down."""
    monkeypatch.setattr(ApiView, "now", NOW)
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6


def test_through_the_api_exactly_the_seats_there_are(schools, session, make, at_the_api):
    outcomes = burst(calls(programs(schools, make), session), CLIENTS)
    assert outcomes == {DONE: SEATS, "seats_full": TRIES - SEATS}
    kept = zip(schools, SHARES, strict=True)
    assert taken(session) == {school.tenant.pk: share for school, share in kept}


def test_the_others_wait_in_order_and_nobody_jumps_the_queue(schools, session):
    outcomes = burst(tries(schools, session, waits=True), CLIENTS)
    assert outcomes == {DONE: TRIES}
    assert sum(taken(session).values()) == SEATS
    line = defaultdict(list)
    for seat in seats_now(session):
        if seat.state == S.WAITLISTED:
            line[seat.tenant_id].append(seat.pk)
    held = [seat for seat in seats_now(session) if seat.state == S.HELD]
    by_tenant = {school.tenant.pk: school.keeper for school in schools}

    def gives_back(seat):
        with portal(by_tenant[seat.tenant_id]) as actor:
            giving_up.release(actor=actor, now=NOW, seats=[seat])

    assert burst([partial(gives_back, seat) for seat in held], CLIENTS) == {DONE: SEATS}
    offered = defaultdict(list)
    for seat in seats_now(session):
        if seat.state == S.OFFERED:
            offered[seat.tenant_id].append(seat.pk)
    kept = zip(schools, SHARES, strict=True)
    assert offered == {s.tenant.pk: line[s.tenant.pk][:share] for s, share in kept}


def test_two_sessions_that_share_agreements_do_not_deadlock(centre, schools):
    """Bookings and cancellations whose waiting lists count against each other's agreements."""
    both = [centre.session(capacity=8), centre.session(capacity=8, start=NOW + 20 * DAY)]
    dice = random.Random(31)

    def attempt():
        school, session = dice.choice(schools[:4]), dice.choice(both)

        def both_ways():
            seats = booked(school.keeper, session, blanks=2, waits=True)
            held = [seat for seat in seats if seat.state == S.HELD]
            if held:
                with portal(school.keeper) as actor:
                    giving_up.release(actor=actor, now=NOW, seats=held[:1])

        return both_ways

    outcomes = burst([attempt() for _each in range(TRIES // 2)], CLIENTS)
    assert outcomes == {DONE: TRIES // 2}
    assert all(sum(taken(session).values()) <= 8 for session in both)


def is_oversold(centre, calls_of, rounds=5):
    """In one of some rounds: without a lock it is chance who reads while another has not written."""
    for number in range(rounds):
        pool = centre.session(capacity=SEATS, start=NOW + (20 + number) * DAY)
        outcomes = burst(calls_of(pool), CLIENTS)
        assert outcomes[DONE] == sum(taken(pool).values())
        if outcomes[DONE] > SEATS:
            return True
    return False


def test_without_the_locks_seats_are_oversold_and_shares_exceeded(
    centre, schools, session, monkeypatch
):
    monkeypatch.setattr(locks, "_lock", lambda kind, keys: None)
    assert is_oversold(centre, lambda pool: tries(schools, pool))
    burst(tries(schools, session)[: TRIES // 2], CLIENTS)
    kept = {school.tenant.pk: share for school, share in zip(schools, SHARES, strict=True)}
    assert any(number > kept[pk] for pk, number in taken(session).items())


def test_without_the_locks_the_api_oversells_too(centre, schools, make, at_the_api, monkeypatch):
    monkeypatch.setattr(locks, "_lock", lambda kind, keys: None)
    made = programs(schools, make)
    assert is_oversold(centre, lambda pool: calls(made, pool))
