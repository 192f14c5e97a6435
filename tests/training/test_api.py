"""The training centre through the API of an organisation: the whole way, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from foundation.refs import ref_of
from gateway.views import ApiView
from tests.gateway.conftest import Program, make_key
from tests.spaces.making import NOW
from tests.training.hosting import Hosted
from tests.training.making import DAY, HOUR, S, booked, seats_now
from tests.training.teaching import FIRST, Held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: Any, settings: Any) -> None:
    """The calls are made at the moment around which the centre's sessions lie."""
    monkeypatch.setattr(ApiView, "now", NOW)
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6


@pytest.fixture
def program_of(make: Any) -> Callable[..., Program]:
    """A program of the university, with a key that its owner made."""

    def _make(school: Any, role: str = "coordinator", **values: Any) -> Program:
        return Program(str(make_key(make.member(school.tenant, "owner"), role, **values)[1]))

    return _make


@pytest.fixture
def api(school: Any, program_of: Callable[..., Program]) -> Program:
    return program_of(school)


def ref(session: Any) -> str:
    return ref_of(session.pk, "training")


def book(api: Program, session: Any, **said: Any) -> Any:
    return api.post(f"sessions/{ref(session)}/seats", said)


def refs_of(answer: Any) -> list[str]:
    assert answer.status_code in (200, 201), answer.content
    return [seat["id"] for seat in answer.json()["seats"]]


def test_from_what_is_left_to_who_was_there(api, centre, school):
    session = centre.session(capacity=5)
    row = api.get("sessions").json()["data"][0]
    assert (row["id"], row["left"], row["is_open"]) == (ref(session), 5, True)

    blank = refs_of(book(api, session, blanks=3))
    first, second, third = school.learners(3)
    names = [
        {"seat": blank[0], "student": first.number},
        {"seat": blank[1], "student": second.number},
    ]
    assert refs_of(api.post("seat-names", {"names": names})) == blank[:2]
    swap = api.post("seat-names", {"names": [{"seat": blank[0], "student": third.number}]})
    assert swap.json()["seats"][0]["student"] == third.number

    given_up = api.post("seat-cancellations", {"seats": blank[1:2], "reason": "Ill"}).json()
    assert given_up["seats"][0] | {"state": "cancelled", "reason": "Ill"} == given_up["seats"][0]
    assert refs_of(api.post("seat-releases", {"seats": blank[2:]})) == blank[2:]
    states = {seat["id"]: seat["state"] for seat in api.get("seats").json()["data"]}
    assert states == dict(zip(blank, ["booked", "cancelled", "released"], strict=True))
    assert api.get(f"seats/{blank[0]}").json()["student"] == third.number
    own = api.get("seat-agreements").json()["data"][0]
    assert (own["granted"], own["used"], own["held"], own["remaining"]) == (100, 1, 0, 99)


def test_a_session_says_what_is_left_and_why(api, centre, school):
    session = centre.session(capacity=7)
    booked(school.keeper, session, blanks=3)
    told = api.get(f"sessions/{ref(session)}").json()
    assert (told["left"], told["blocked_by"]) == (4, "session")
    by_code = {limit["code"]: limit for limit in told["limits"]}
    assert set(by_code) == {"session", "agreement"}
    assert [line["seats"] for line in by_code["session"]["lines"]] == [7, -3, 0, 0]
    assert all(
        sum(line["seats"] for line in each["lines"]) == each["left"] for each in told["limits"]
    )
    assert [date["minutes"] for date in told["dates"]] == [180]


def test_a_funding_line_pays_where_it_is_named(api, centre, school):
    session, line = centre.session(), centre.line(seats=1)
    assert api.get(f"sessions/{ref(session)}").json()["funding_lines"] == [line.code]
    seat = book(api, session, blanks=1, funding_line=line.code).json()["seats"][0]
    assert seat["funding_line"] == line.code
    full = book(api, session, blanks=1, funding_line=line.code)
    assert (full.status_code, full.json()["code"]) == (409, "seats_full")
    unknown = book(api, session, blanks=1, funding_line="no such")
    assert unknown.json()["errors"][0]["field"] == "funding_line"
    assert len(seats_now(session)) == 1


def test_what_does_not_fit_waits_and_what_is_offered_is_taken_or_not(
    api, centre, school, other, program_of
):
    session = centre.session(capacity=2)
    theirs = booked(other.keeper, session, blanks=2)
    waiting = refs_of(book(api, session, blanks=3, if_too_few="any"))
    assert {seat["state"] for seat in api.get("seats").json()["data"]} == {"waitlisted"}
    assert refs_of(api.post("seat-departures", {"seats": waiting[2:]})) == waiting[2:]

    freed = program_of(other)
    freed.post("seat-releases", {"seats": [ref_of(seat.pk, "seat") for seat in theirs]})
    offered = api.get("seats", {"state": "offered"}).json()["data"]
    assert sorted(seat["id"] for seat in offered) == sorted(waiting[:2])
    assert all(seat["until"] for seat in offered)
    taken = api.post("seat-acceptances", {"seats": waiting[:1]}).json()["seats"]
    assert taken[0]["state"] == "held"
    declined = api.post("seat-refusals", {"seats": waiting[1:2]}).json()["seats"]
    assert declined[0]["state"] == "declined"


def test_attendance_is_told_by_session_and_seat_without_what_was_corrected(api, centre, school):
    held = Held(centre, school, learners=2)
    held.begin()
    held.mark("absent", seats=held.seats[:1], dates=held.dates[:1])
    held.mark("late", seats=held.seats[:1], dates=held.dates[:1], minutes=90, reason="Came by bus")
    held.mark(seats=held.seats[1:], dates=held.dates[:1])
    rows = api.get("attendance", {"session": ref(held.session)}).json()["data"]
    assert [(row["student"], row["kind"], row["minutes"]) for row in rows] == [
        (held.people[1].number, "present", 180),
        (held.people[0].number, "late", 90),
    ]
    one = {"seat": ref_of(held.seats[0].pk, "seat")}
    assert len(api.get("attendance", one).json()["data"]) == 1
    none = {"session": ref(centre.session())}
    assert api.get("attendance", none).json()["data"] == []


def test_the_same_booking_sent_twice_books_once(api, centre):
    session = centre.session()
    path, said = f"sessions/{ref(session)}/seats", {"blanks": 2}
    first, again = api.post(path, said, key="a"), api.post(path, said, key="a")
    assert first.content == again.content
    assert len(seats_now(session)) == 2


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"blanks": 6}, 409, "seats_full"),
        ({}, 422, "how_many"),
        ({"students": ["nobody"]}, 422, "invalid"),
        ({"blanks": 1, "tenant": "haihe"}, 422, "invalid"),
        ({"blanks": -1}, 422, "invalid"),
    ],
)
def test_what_cannot_be_booked_is_refused_and_nothing_is_booked(api, centre, said, status, code):
    session = centre.session(capacity=5)
    refused = book(api, session, **said)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.content
    assert seats_now(session) == []


def test_a_full_session_says_its_arithmetic(api, centre):
    refused = book(api, centre.session(capacity=5), blanks=6).json()
    assert "5" in refused["detail"]
    assert "6" in refused["detail"]


def test_a_neighbours_seat_is_one_that_never_was(api, centre, school, other):
    session = centre.session()
    seat = booked(other.keeper, session, blanks=1)[0]
    learner = school.learner()
    for foreign in (ref_of(seat.pk, "seat"), ref_of(987_654_321, "seat")):
        assert api.get(f"seats/{foreign}").status_code == 404
        names = [{"seat": foreign, "student": learner.number}]
        for path, said in [
            ("seat-names", {"names": names}),
            ("seat-releases", {"seats": [foreign]}),
        ]:
            refused = api.post(path, said)
            assert refused.status_code == 422, path
            assert foreign not in refused.content.decode()
    assert [row.state for row in seats_now(session)] == [S.HELD]


def test_a_neighbours_learner_cannot_be_named(api, centre, other):
    session = centre.session()
    refused = book(api, session, students=[other.learner().number])
    assert refused.status_code == 422
    assert seats_now(session) == []


def test_the_same_seat_twice_in_one_call_is_refused(api, centre, school):
    session = centre.session()
    seat = refs_of(book(api, session, blanks=1))[0]
    names = [{"seat": seat, "student": each.number} for each in school.learners(2)]
    assert api.post("seat-names", {"names": names}).status_code == 422
    assert [row.state for row in seats_now(session)] == [S.HELD]


def test_what_is_too_late_is_refused_with_its_code(api, centre, school, monkeypatch):
    session = centre.session()
    seat = refs_of(book(api, session, blanks=1))[0]
    monkeypatch.setattr(ApiView, "now", session.closes_at)
    assert book(api, session, blanks=1).json()["code"] == "not_open"
    assert api.post("seat-releases", {"seats": [seat]}).json()["code"] == "wrong_state"
    assert api.get(f"seats/{seat}").json()["state"] == "expired"


def test_a_key_that_only_reads_books_nothing(centre, school, program_of):
    session = centre.session()
    reader = program_of(school, scopes=["training.read"])
    assert reader.get("seats").status_code == 200
    refused = book(reader, session, blanks=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert seats_now(session) == []


def test_a_member_sees_sessions_and_books_nothing(centre, school, program_of):
    session = centre.session()
    member = program_of(school, "member")
    assert member.get(f"sessions/{ref(session)}").status_code == 200
    assert book(member, session, blanks=1).status_code == 403
    assert member.get("seat-agreements").status_code == 403
    assert member.get("attendance").status_code == 403
    assert seats_now(session) == []


def test_a_draft_is_not_there(api, centre):
    assert api.get(f"sessions/{ref(centre.draft())}").status_code == 404


def test_a_page_of_seats_costs_as_much_as_one(api, centre, school, django_assert_max_num_queries):
    session = centre.session(capacity=60)
    booked(school.keeper, session, school.learners(50))
    with django_assert_max_num_queries(12):
        rows = api.get("seats").json()["data"]
    assert len(rows) == 50


def test_moments_are_the_sessions_own(api, centre):
    session = centre.session(start=FIRST)
    told = api.get(f"sessions/{ref(session)}").json()
    starts = datetime.fromisoformat(told["starts_at"])
    assert (starts, starts + 3 * HOUR < FIRST + DAY) == (FIRST, True)


def test_an_event_is_told_without_hours_and_language(api, centre):
    session = Hosted(centre).session
    told = api.get(f"sessions/{ref(session)}").json()
    assert (told["hours"], told["language"], told["left"]) == (None, "", 10)
    assert told["dates"][0]["place"] == "A hall in town"
