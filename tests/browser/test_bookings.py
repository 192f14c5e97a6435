"""Booking from a phone, checking in by the code at the door, drawing a time on the calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from offices.links import path_of_door
from offices.models import Booking, BookingState
from offices.operations.links import set_door
from tenants.isolation.context import STAFF, Identity, enter
from tests.offices.conftest import rule, set_for
from tests.offices.test_bookings import NOON
from tests.spaces.conftest import grounds
from tests.spaces.making import HOUR, NOW, office, portal

__all__ = ["grounds", "rule"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rule"),
]
PHONE = {"width": 390, "height": 844}
DAY = f"{timezone.localtime(NOON):%Y-%m-%d}"


@pytest.fixture
def studio(grounds):
    """A studio, a kit and an operator, and the code at its door."""
    names = {"name_zh": "直播间", "name_en": "Studio"}
    space = grounds.add("studio", code="C-S1", **names)
    grounds.add("kit", code="K-1", name_en="Camera kit", name_zh="摄像套装")
    grounds.add("operator", code="O-1", name_en="Operator", name_zh="导播")
    with office(grounds.lead) as actor:
        return space, set_door(actor=actor, now=NOW, space=space)


def the_booking():
    with enter(Identity(STAFF)):
        return Booking.objects.get()


def test_a_studio_with_kit_and_operator_from_a_phone_and_checked_in_at_its_door(
    page, complaints, live_server, signed_in, owner, studio
):
    _space, door = studio
    page = signed_in(owner)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/o/{owner.tenant.slug}/bookings/week/?day={DAY}")
    page.locator(".agenda").get_by_role("link", name=re.compile(DAY)).click()
    page.get_by_role("link", name="C-S1 Studio").click()
    page.get_by_label("Begins").select_option("12:00")
    page.get_by_label("How long").select_option("60")
    page.get_by_label("K-1 Camera kit").check()
    page.get_by_label("O-1 Operator").check()
    page.get_by_label("What for").fill("Homeware to Singapore")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("It is booked.")).to_be_visible()
    expect(page.get_by_text("K-1 Camera kit, O-1 Operator")).to_be_visible()

    with enter(Identity(STAFF)):
        now = timezone.now()
        Booking.objects.update(check_in_from=now - HOUR, check_in_until=now + HOUR)
    page.goto(live_server.url + path_of_door(door))
    page.goto(page.get_by_role("link", name="Check in on this device").get_attribute("href"))
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("You are checked in.")).to_be_visible()
    assert the_booking().state == BookingState.CHECKED_IN
    assert complaints == []


def test_a_time_is_drawn_on_the_day_and_booked(
    page, complaints, live_server, signed_in, owner, grounds
):
    set_for(grounds)
    grounds.add(code="A-M1", name_en="Meeting room")
    page = signed_in(owner)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/o/{owner.tenant.slug}/bookings/day/?day={DAY}")
    track = page.locator(".day-track").bounding_box()
    hours = page.locator("[data-day-grid]").get_attribute("data-hours")
    hour, middle = track["width"] / int(hours), track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + hour * 14.1, middle)
    page.mouse.down()
    page.mouse.move(track["x"] + hour * 16, middle, steps=4)
    page.mouse.up()
    expect(page.get_by_label("Begins")).to_have_value("14:00")
    expect(page.get_by_label("How long")).to_have_value("120")
    page.get_by_label("What for").fill("Talks")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("It is booked.")).to_be_visible()
    with portal(owner):
        start = timezone.localtime(the_booking().starts_at)
    assert (start.hour, the_booking().minutes) == (14, 120)
    assert start - timezone.localtime(NOON) == timedelta(hours=2)
    assert complaints == []
