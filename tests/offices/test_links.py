"""Doors with a code, calendars that are fetched, the card of a live session, the calendar page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from backbone.retention import personal_data_of
from backbone.waiting import work_of
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from offices import home, own_home
from offices.links import address_of_feed, path_of_door
from offices.models import Booking, BookingState, Door, Feed, StudioCard
from offices.operations import bookings as operations
from offices.operations.links import check_in_at_door, end_feed, make_feed, set_door
from offices.operations.studio import write_card
from spaces.models import Occupancy, Space
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import TrailEntry
from tests.offices.conftest import set_for
from tests.offices.test_bookings import HOUR, MINUTE, NOON, booked
from tests.spaces.making import NOW, Grounds, office, portal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rule")]
S = BookingState


@pytest.fixture
def room(grounds: Grounds) -> Space:
    return grounds.add()


def door_of(grounds: Grounds, room: Space) -> Door:
    with office(grounds.lead) as actor:
        return set_door(actor=actor, now=NOW, space=room)


# -- doors ---------------------------------------------------------------------------------------


def test_the_page_at_a_door_tells_times_and_nobodys_name(
    owner, grounds, room, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(owner, room, purpose="Very secret talks")
    door = door_of(grounds, room)
    # The page tells of today: whatever the hour at which this runs, it is that morning.
    monkeypatch.setattr(timezone, "now", lambda: NOON - HOUR)
    shown = Client().get(path_of_door(door)).text
    assert room.code in shown
    assert f"{NOON:%H:%M}" in shown
    assert "secret" not in shown
    assert owner.tenant.name not in shown
    with office(grounds.lead) as actor:
        set_door(actor=actor, now=NOW, space=room)
    assert Client().get(path_of_door(door)).status_code == 404, "the old code is void"
    assert Client().get("/doors/made-up/").status_code == 404


def test_checking_in_by_the_code_at_the_door(owner, rival, grounds, room, sign_in) -> None:
    booking = booked(owner, room)
    door = door_of(grounds, room)
    address = f"{path_of_door(door)}check-in/"
    assert Client().get(address)["Location"].startswith("/accounts/login/")
    with enter(Identity(STAFF)):
        at = timezone.now()
        Booking.objects.filter(pk=booking.pk).update(
            check_in_from=at - HOUR, check_in_until=at + HOUR
        )
    page = sign_in(owner).get(address)["Location"]
    assert page.startswith(f"/o/{owner.tenant.slug}/bookings/doors/")
    assert "Talks" in sign_in(owner).get(page).text
    client = sign_in(rival)
    assert client.get(address).status_code == 200, "nothing of theirs is booked here"
    client.post(page.replace(owner.tenant.slug, rival.tenant.slug))
    sign_in(owner).post(page)
    with portal(owner):
        assert Booking.objects.get().state == S.CHECKED_IN


def test_nobody_checks_in_at_a_door_too_early_or_for_others(owner, rival, room) -> None:
    booked(owner, room)
    for who, moment in ((owner, NOON - HOUR), (rival, NOON), (owner, NOON + HOUR)):
        with portal(who) as actor, pytest.raises(WrongState):
            check_in_at_door(actor=actor, now=moment, space=room)
    with portal(owner) as actor:
        assert check_in_at_door(actor=actor, now=NOON, space=room).state == S.CHECKED_IN


def test_only_leads_of_the_park_make_codes(owner, room) -> None:
    with portal(owner) as actor, pytest.raises(NotPermitted):
        set_door(actor=actor, now=NOW, space=room)


# -- calendars -----------------------------------------------------------------------------------


def read(feed: Feed, slug: str) -> Any:
    address = address_of_feed(feed, slug)
    answer = Client().get(address[address.index("/calendars/") :])
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def test_a_persons_feed_is_read_back_and_tells_what_became_of_it(owner, room) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        feed = make_feed(actor=actor, now=NOW)
    (event,) = read(feed, owner.tenant.slug).walk("VEVENT")
    uid, sequence = str(event["uid"]), event["sequence"]
    assert (event.start, event.end, str(event["status"])) == (NOON, NOON + HOUR, "CONFIRMED")
    assert read(feed, owner.tenant.slug).walk("VTIMEZONE")[0].tz_name == "Asia/Shanghai"
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW, booking=booking)
    (event,) = read(feed, owner.tenant.slug).walk("VEVENT")
    assert (str(event["uid"]), str(event["status"])) == (uid, "CANCELLED")
    assert event["sequence"] > sequence


def test_a_rooms_feed_tells_when_and_not_who(owner, rival, room) -> None:
    booked(owner, room, purpose="Very secret talks")
    with portal(rival) as actor:
        feed = make_feed(actor=actor, now=NOW, space=room)
    found = read(feed, rival.tenant.slug)
    assert NOON in [event.start for event in found.walk("VEVENT")]
    assert b"secret" not in found.to_ical()


@pytest.mark.parametrize("end", ["ended", "left", "forged"])
def test_a_feed_ends(owner, end) -> None:
    with portal(owner) as actor:
        feed = make_feed(actor=actor, now=NOW)
        address = address_of_feed(feed, owner.tenant.slug)
        if end == "ended":
            end_feed(actor=actor, now=NOW, feed=feed)
    if end == "left":
        with enter(Identity(STAFF, owner.tenant_id)):
            owner.ended_at = NOW
            owner.save(update_fields=["ended_at"])
    if end == "forged":
        address = address.replace(".ics", "x.ics")
    assert Client().get(address[address.index("/calendars/") :]).status_code == 404


def test_a_feed_is_its_makers(make, owner) -> None:
    with portal(owner) as actor:
        feed = make_feed(actor=actor, now=NOW)
        with pytest.raises(DomainError) as again:
            make_feed(actor=actor, now=NOW)
    assert again.value.code == "feed_once"
    with portal(make.member(owner.tenant, "owner")) as actor, pytest.raises(Feed.DoesNotExist):
        end_feed(actor=actor, now=NOW, feed=feed)


def test_feeds_on_their_page(owner, room, sign_in) -> None:
    client, page = sign_in(owner), f"/o/{owner.tenant.slug}/bookings/feeds/"
    client.post(page, {"of": room.code})
    shown = client.get(page).text
    assert "/calendars/" in shown
    with portal(owner):
        feed = Feed.objects.get()
        ending = reverse("offices:feed_ending", kwargs={"tenant": owner.tenant.slug, "pk": feed.pk})
    client.post(ending)
    assert "/calendars/" not in client.get(page).text


# -- studios -------------------------------------------------------------------------------------

CARD = {"platform": "tiktok", "target_zone": "America/Los_Angeles", "language": "en"}


@pytest.fixture
def studio(grounds: Grounds) -> Space:
    return grounds.add("studio")


def test_a_studio_has_a_card_and_the_audiences_time(owner, studio, sign_in) -> None:
    booking = booked(owner, studio)
    page = reverse("offices:studio", kwargs={"tenant": owner.tenant.slug, "pk": booking.pk})
    client = sign_in(owner)
    sent = CARD | {"presenter_kind": "hired", "samples": "in", "uplink_mbps": "85.5"}
    shown = client.post(page, sent, follow=True).text
    with portal(owner):
        card = StudioCard.objects.get()
    assert (card.booking_id, card.presenter_kind) == (booking.pk, "hired")
    assert card.uplink_mbps == Decimal("85.5")
    there = NOON.astimezone(ZoneInfo(CARD["target_zone"]))
    assert f"{there:%Y-%m-%d %H:%M}" in shown


@pytest.mark.parametrize(
    ("what", "error"),
    [("room", DomainError), ("zone", InvalidInput), ("over", WrongState), ("rival", Booking.DoesNotExist)],
)  # fmt: skip
def test_a_card_that_cannot_be(owner, rival, room, studio, what, error) -> None:
    booking = booked(owner, room if what == "room" else studio)
    values = CARD | ({"target_zone": "Mars/Base"} if what == "zone" else {})
    now = NOON + HOUR if what == "over" else NOW
    with portal(rival if what == "rival" else owner) as actor, pytest.raises(error):
        write_card(actor=actor, now=now, booking=booking, **values)
    with enter(Identity(STAFF)):
        assert not StudioCard.objects.exists()


def test_a_booking_and_what_it_took_are_called_by_the_parks_clock(owner, studio) -> None:
    booking = booked(owner, studio)
    clock = f"{NOON.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
    with portal(owner):
        booking.refresh_from_db()
        taken = Occupancy.objects.of_source(booking).get(space=studio, kind="booking")
        assert [str(each)[-16:] for each in (booking, taken)] == [clock, clock]


def test_who_presented_is_erased_in_time_and_the_trail_never_said_it(owner, studio) -> None:
    booking = booked(owner, studio)
    with portal(owner) as actor:
        write_card(actor=actor, now=NOW, booking=booking, presenter="Wang Fang", **CARD)
        eraser = personal_data_of("offices.presenters")
        assert eraser is not None
        assert eraser.erase(actor, booking.ends_at) == 0
        assert StudioCard.objects.get().presenter == "Wang Fang"
        assert eraser.erase(actor, booking.ends_at + MINUTE) == 1
        assert eraser.erase(actor, booking.ends_at + MINUTE) == 0
        assert StudioCard.objects.get().presenter == ""
        told = TrailEntry.objects.filter(table="offices_studiocard")
        assert len(told) == 2
        assert "Wang Fang" not in str(list(told.values_list("before", "after")))


# -- the calendar --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("view", ["week", "day"])
def test_sixty_rooms_take_as_many_queries_as_one(owner, rival, grounds, sign_in, view) -> None:
    rooms = [grounds.add() for _each in range(60)]
    booked(owner, rooms[0], purpose="Our own")
    booked(rival, rooms[1], purpose="Very secret talks")
    client = sign_in(owner)
    page = f"/o/{owner.tenant.slug}/bookings/{view}/?day={timezone.localtime(NOON):%Y-%m-%d}"
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(page).text
    asked = [query["sql"][:90] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(asked) <= 12, asked
    assert "Our own" in shown
    assert "secret" not in shown
    assert rooms[59].code in shown


# -- home pages ----------------------------------------------------------------------------------


def test_homes_tell_what_waits_and_count_what_they_list(
    owner, rival, staff, grounds, room, sign_in
) -> None:
    set_for(grounds, needs_approval=True)
    booked(owner, room)
    with office(staff) as actor:
        assert [
            owner.tenant.name in str(item.title) for item in home.staff_work(actor=actor, now=NOW)
        ] == [True]
        (tile,) = home.staff_tiles(actor=actor, now=NOON)
        assert tile.value == "1"
    with portal(owner) as actor:
        assert work_of(actor, own_home.sources(actor=actor, now=NOW)) == []
    set_for(grounds, needs_approval=False)
    booked(owner, room, start=NOON + 3 * HOUR)
    with portal(owner) as actor:
        (item,) = work_of(actor, own_home.sources(actor=actor, now=NOON + 3 * HOUR))
        assert room.code in str(item.title)
    with portal(rival) as actor:
        assert work_of(actor, own_home.sources(actor=actor, now=NOON + 3 * HOUR)) == []
    shown = sign_in(staff).get("/staff/offices/booking/?when=asked")
    assert owner.tenant.name in shown.text
    assert owner.tenant.name not in sign_in(staff).get("/staff/offices/booking/?when=today").text
