"""A floor plan from the picture to the colours, with the pointer and with the keyboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from spaces.models import Shape
from spaces.operations.occupancy import take
from tenants.isolation.context import STAFF, Identity, enter
from tests.browser.crawler import AXE, LEVELS, RUN_AXE
from tests.hostile.files import png
from tests.spaces.making import DAY, NOW, Grounds, office, want
from tests.spaces.plans import BOX, draw, hang

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A folder for pictures of what the test sees, for whoever wants to look.
LOOKS = os.environ.get("PARK_LOOKS")


@pytest.fixture
def floor(staff, enterprise):
    """Two units of which the first is on lease for thirty days."""
    grounds = Grounds(staff)
    leased, free = grounds.add("unit", code="A-101"), grounds.add("unit", code="A-102")
    with office(staff) as actor:
        let = [want(leased, -24, 24 * 30)]
        take(actor=actor, now=NOW, holder=enterprise, wants=let, source=enterprise)
    return grounds.floor, leased, free


def boxes():
    with enter(Identity(STAFF)):
        return {shape.space.code: shape.box for shape in Shape.objects.select_related("space")}


def drag(page, start, end):
    """From and to, in thousandths of the picture."""
    frame = page.locator("#plan-editor image").bounding_box()
    places = [
        (frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y)
        for x, y in ((start[0] / 1000, start[1] / 1000), (end[0] / 1000, end[1] / 1000))
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def look(page, name):
    if LOOKS:
        page.screenshot(path=str(Path(LOOKS) / f"{name}.png"), full_page=True)


def complaints_of_axe(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in page.evaluate(RUN_AXE, LEVELS)]


def test_a_plan_is_drawn_and_tells_the_state_of_a_day(
    page, complaints, live_server, signed_in, staff, floor, tmp_path
):
    the_floor, leased, _free = floor
    picture = tmp_path / "floor.png"
    picture.write_bytes(png(400, 300))
    page = signed_in(staff)
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(live_server.url + reverse("admin:floor", args=[the_floor.pk]))
    page.get_by_role("link", name="Bring one").click()
    page.get_by_label("Picture of the floor").set_input_files(picture)
    page.get_by_label("Metres that the whole picture is wide").fill("40")
    page.get_by_role("button", name="Save picture and scale").click()

    page.get_by_label("Space", exact=True).select_option("A-101")
    drag(page, (102, 98), (403, 297))
    page.get_by_label("Space", exact=True).select_option("A-102")
    # A little off the neighbour's edge: it snaps to it.
    drag(page, (404, 103), (698, 301))
    expect(page.locator('rect[data-code="A-102"][role]')).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    look(page, "editor")
    assert complaints_of_axe(page) == []
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("The plan is saved.")).to_be_visible()
    assert boxes() == {"A-101": (100, 100, 300, 200, 0), "A-102": (410, 110, 310, 200, 0)}

    page.get_by_label("Space", exact=True).select_option("A-101")
    # The corner of the first one, a tenth of the picture further down.
    drag(page, (397, 297), (397, 401))
    page.locator('rect[data-code="A-102"][role]').focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("The plan is saved.")).to_be_visible()
    assert boxes() == {"A-101": (100, 100, 300, 300, 0)}

    page.get_by_role("link", name="Back to the floor").click()
    shape = page.locator(".plan-shape")
    expect(shape).to_have_attribute("data-state", "ending")
    now = shape.evaluate("shape => getComputedStyle(shape).fill")
    look(page, "floor")
    assert complaints_of_axe(page) == []
    page.get_by_label("Day (optional)").fill(f"{timezone.localdate() + DAY * 60}")
    page.get_by_role("button", name="Show").click()
    expect(shape).to_have_attribute("data-state", "free")
    assert shape.evaluate("shape => getComputedStyle(shape).fill") != now
    page.get_by_role("link", name="A-101 Space, Free").press("Enter")
    expect(page).to_have_url(
        live_server.url + reverse("admin:spaces_space_change", args=[leased.pk])
    )
    assert complaints == []


def test_who_comes_second_is_told(page, complaints, live_server, signed_in, staff, floor):
    the_floor, leased, _free = floor
    with office(staff) as actor:
        plan = hang(actor, the_floor)
    page = signed_in(staff)
    page.goto(live_server.url + reverse("admin:floor_editor", args=[the_floor.pk]))
    with office(staff) as actor:
        draw(actor, plan, {leased.pk: BOX})
    page.get_by_label("Space", exact=True).select_option("A-102")
    for name, value in (("From the left", 0), ("From the top", 0), ("Width", 50), ("Height", 50)):
        page.get_by_label(name, exact=True).fill(str(value))
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("Somebody else has changed this plan")).to_be_visible()
    expect(page.locator('rect[data-code="A-102"][role]')).to_be_visible()
    assert boxes() == {"A-101": tuple(BOX)}
    assert complaints == []
