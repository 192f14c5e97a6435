"""A room is booked, refused, cancelled, checked in, or left empty."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from backbone.clearance import clearance
from foundation.errors import DomainError, NotPermitted, WrongState
from offices.models import Booking, BookingState
from offices.operations import bookings as operations
from spaces.models import Space
from spaces.queries import busy
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.offices.conftest import set_for
from tests.spaces.making import NOW, Grounds, ledger, office, portal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rule")]
S = BookingState
NOON = timezone.localtime(NOW).replace(hour=12) + timedelta(days=3)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def room(grounds: Grounds) -> Space:
    return grounds.add()


def booked(member: Membership, room: Space, start: datetime = NOON, **values: Any) -> Booking:
    known: dict[str, Any] = {"now": NOW, "end": start + HOUR, "purpose": "Talks"}
    with portal(member) as actor:
        return operations.book(actor=actor, space=room, start=start, **(known | values))


def everything() -> tuple[Any, Any]:
    with enter(Identity(STAFF)):
        return ledger(), list(Booking.objects.order_by("pk").values())


def test_a_room_is_booked_with_its_kit_and_the_minutes_after(owner, grounds, room) -> None:
    kit = grounds.add("kit")
    booking = booked(owner, room, extras=[kit])
    assert (booking.state, booking.price) == (S.CONFIRMED, Decimal(200))
    spans = busy(spaces=[room, kit], start=NOON, end=NOON + 3 * HOUR, now=NOW)
    quarter = NOON + HOUR + 15 * MINUTE
    assert sorted((s.space_id, s.end) for s in spans) == sorted(
        [(room.pk, NOON + HOUR), (room.pk, quarter), (kit.pk, NOON + HOUR)]
    )


@pytest.mark.parametrize(
    ("changed", "asked", "code"),
    [
        ({"kinds": ["university"]}, {}, "kind"),
        ({"roles": ["member"]}, {}, "role"),
        ({}, {"now": NOON + MINUTE}, "begun"),
        ({"days_ahead": 1}, {}, "too_far_ahead"),
        ({"opens_at": time(12, 30)}, {}, "closed"),
        ({"closes_at": time(12, 30)}, {}, "closed"),
        ({"opens_on": [NOON.isoweekday() % 7 + 1]}, {}, "closed"),
        ({}, {"end": NOON + 40 * MINUTE}, "slot"),
        ({"least_minutes": 90}, {}, "minutes"),
        ({"most_minutes": 30}, {}, "minutes"),
        ({"most_ahead": 0}, {}, "too_many"),
        ({}, {"purpose": " "}, "invalid"),
    ],
)
def test_each_rule_refuses_and_changes_nothing(owner, grounds, room, changed, asked, code) -> None:
    set_for(grounds, **changed)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        booked(owner, room, **asked)
    assert (refusal.value.code, everything()) == (code, before)


def test_room_and_kit_are_booked_together_or_not_at_all(owner, rival, grounds, room) -> None:
    kit = grounds.add("kit")
    booked(rival, grounds.add(), extras=[kit])
    before = everything()
    with pytest.raises(DomainError):
        booked(owner, room, extras=[kit])
    assert everything() == before


@pytest.mark.parametrize(("hours", "fee"), [(48, 0), (47, 50), (12, 50), (11, 100), (-0.1, 100)])
def test_cancelling_costs_what_the_ladder_says_and_frees_the_room(
    owner, rival, room, hours, fee
) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        at = NOON - hours * HOUR
        own = operations.cancel(actor=actor, now=at, booking=booking)
    assert (own.state, own.fee) == (S.CANCELLED, Decimal(fee))
    assert booked(rival, room).state == S.CONFIRMED


def test_what_nobody_came_to_is_free_before_anything_is_written(owner, rival, room) -> None:
    booking = booked(owner, room)
    late = NOON + 15 * MINUTE
    assert not busy(spaces=[room], start=NOON, end=NOON + HOUR, now=late)
    assert booked(rival, room, start=NOON + 30 * MINUTE, now=late).state == S.CONFIRMED
    with portal(owner) as actor:
        with pytest.raises(WrongState):
            operations.check_in(actor=actor, now=late, booking=booking)
        operations.settle(actor=actor, now=late)
        booking.refresh_from_db()
    assert (booking.state, booking.fee) == (S.NO_SHOW, Decimal(100))


def test_checking_in_keeps_the_room_until_the_end(owner, room) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        with pytest.raises(DomainError) as early:
            operations.check_in(actor=actor, now=NOON - 11 * MINUTE, booking=booking)
        assert early.value.code == "too_early"
        operations.check_in(actor=actor, now=NOON - 10 * MINUTE, booking=booking)
        later = NOON + 20 * MINUTE
        assert busy(spaces=[room], start=NOON, end=NOON + HOUR, now=later)
        operations.settle(actor=actor, now=NOON + 2 * HOUR)
        booking.refresh_from_db()
    assert booking.state == S.COMPLETED


def test_the_park_answers_what_needs_its_word(owner, staff, grounds, room) -> None:
    set_for(grounds, needs_approval=True)
    one, other = booked(owner, room), booked(owner, room, start=NOON + 2 * HOUR)
    assert one.state == S.REQUESTED
    with portal(owner) as actor, pytest.raises(NotPermitted):
        operations.confirm(actor=actor, now=NOW, booking=one)
    with office(staff) as actor:
        operations.confirm(actor=actor, now=NOW, booking=one)
        with pytest.raises(DomainError) as silent:
            operations.decline(actor=actor, now=NOW, booking=other, reason=" ")
        assert silent.value.code == "booking_declined_why"
        operations.decline(actor=actor, now=NOW, booking=other, reason="A fair")
    taken = busy(spaces=[room], start=NOON, end=NOON + 4 * HOUR, now=NOON)
    assert [span.start for span in taken] == [NOON, NOON + HOUR]


def test_what_was_not_answered_expires(owner, grounds, room) -> None:
    set_for(grounds, needs_approval=True)
    booking = booked(owner, room)
    with portal(owner) as actor:
        operations.settle(actor=actor, now=NOW + timedelta(days=2))
        booking.refresh_from_db()
    assert booking.state == S.EXPIRED


def test_strangers_and_colleagues_of_lesser_role_cancel_nothing(make, owner, rival, room) -> None:
    booking = booked(owner, room)
    colleague = make.member(owner.tenant, "member")
    before = everything()
    for who, refusal in ((rival, Booking.DoesNotExist), (colleague, NotPermitted)):
        with portal(who) as actor, pytest.raises(refusal):
            operations.cancel(actor=actor, now=NOW, booking=booking)
    assert everything() == before


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("to", S.values)
def test_states_follow_the_map_and_nothing_else(state, to) -> None:
    booking = Booking(state=state)
    if to in Booking.TRANSITIONS[state]:
        booking.move_to(to)
        assert booking.state == to
    else:
        with pytest.raises(WrongState):
            booking.move_to(to)


def test_a_booking_ahead_blocks_an_exit(owner, room) -> None:
    tenant = owner.tenant
    with portal(owner):
        assert not clearance(tenant, NOW)["spaces"]
    booked(owner, room)
    with portal(owner):
        assert [item.code for item in clearance(tenant, NOW)["spaces"]] == ["spaces_taken"]


def test_booked_and_cancelled_on_the_pages(owner, rival, room, sign_in) -> None:
    client, slug = sign_in(owner), owner.tenant.slug
    assert room.code in client.get(f"/o/{slug}/bookings/new/").text
    with portal(owner):
        page = reverse("offices:new", kwargs={"tenant": slug, "pk": room.pk})
    day = f"{NOON:%Y-%m-%d}"
    sent = {"start": "12:00", "minutes": "60", "purpose": "Talks"}
    answer = client.post(f"{page}?day={day}", sent)
    assert answer.status_code == 302
    assert "Talks" in client.get(f"/o/{slug}/bookings/").text
    client.post(answer.url + "cancellation/")
    with portal(owner):
        assert Booking.objects.get().state == S.CANCELLED
    assert (
        sign_in(rival)
        .get(f"/o/{rival.tenant.slug}/bookings/{answer.url.split('/')[-2]}/")
        .status_code
        == 404
    )


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_who_want_the_same_hour_one_gets_it(owner, room) -> None:
    told: list[str] = []
    gate = Barrier(16)

    def attempt() -> None:
        try:
            gate.wait()
            booked(owner, room)
            told.append("booked")
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _each in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("booked") == 1
    assert len(told) == 16
