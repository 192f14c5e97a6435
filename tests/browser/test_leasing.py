"""A unit is let over its floor plan, handed back by an inspection, and free again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from leasing.operations import drafting
from spaces.models import Space
from tests.browser.test_floor_plan import complaints_of_axe, look
from tests.leasing.making import TODAY, Desk, day, fresh
from tests.residency.exits import Leaving
from tests.spaces.making import NOW, Grounds, office
from tests.spaces.plans import BOX, draw, hang

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 1000}


@pytest.fixture
def desk(make, park, staff):
    grounds = Grounds(staff)
    found = Desk(make, park, grounds)
    unit = found.unit(code="A-101")
    with office(staff) as actor:
        draw(actor, hang(actor, grounds.floor), {unit.pk: BOX})
    return found


def press(page, link: str, button: str = "") -> None:
    """A step's page from its button, then the step itself."""
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_role("button", name=button or link, exact=True).click()


def test_a_unit_is_let_and_free_again_after_its_inspection(
    complaints, live_server, signed_in, owner, desk
):
    with office(desk.writer) as actor:
        lease = drafting.draft_lease(
            actor=actor, now=NOW, tenant=owner.tenant, starts_on=TODAY, ends_on=day(364)
        )
    staff_page = live_server.url + reverse("admin:leasing_lease_change", args=[lease.pk])
    floor = live_server.url + reverse("admin:floor", args=[desk.grounds.floor.pk])

    page = signed_in(desk.writer)
    page.set_viewport_size(DESK)
    page.goto(staff_page)
    page.get_by_role("link", name="Add a unit").click()
    page.get_by_label("Unit", exact=True).select_option(label="A-101 Space")
    page.get_by_label("Price per m² and month").fill("60")
    page.get_by_role("button", name="Add a unit").click()
    press(page, "Put up for approval")
    look(page, "lease-to-approve")
    assert complaints_of_axe(page) == []

    page = signed_in(desk.manager)
    page.goto(staff_page)
    press(page, "Approve")
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "reserved")
    desk.signed(lease)
    page.goto(staff_page)
    press(page, "Accept the signed copy")
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "leased")
    page.goto(staff_page)
    page.get_by_role("link", name="Begin the check-out").click()
    page.get_by_label("Last day", exact=True).fill(f"{TODAY}")
    page.get_by_label("Reason, where").fill("Moves out")
    page.get_by_role("button", name="Begin the check-out").click()
    page.get_by_role("link", name="Add a meter, keys or a damage").click()
    page.get_by_label("Kind").select_option("damage")
    page.get_by_label("Number, or what it is").fill("Door")
    page.get_by_label("Reading, count or amount").fill("800")
    page.get_by_role("button", name="Add a meter, keys or a damage").click()
    press(page, "Confirm for the park")
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "ending")

    page = signed_in(owner)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/o/{owner.tenant.slug}/")
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_text("CNY 800.00").first).to_be_visible()
    look(page, "inspection-on-a-phone")
    assert complaints_of_axe(page) == []
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("Both sides have signed.")).to_be_visible()
    assert fresh(lease).state == "ended"

    page = signed_in(desk.manager)
    page.set_viewport_size(DESK)
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "free")
    assert complaints == []


def test_an_exit_waits_for_the_inspection_that_frees_the_unit(
    complaints, live_server, signed_in, make, park, owner, staff, desk
):
    leaving = Leaving(owner, staff, desk.manager)
    unit = Space.objects.get(code="A-101")
    lease = desk.effective(owner.tenant, unit, starts_on=day(-20), ends_on=day(40))
    park_exit = leaving.at("inspection")
    sheet = desk.confirmed(desk.ending(lease))
    exit_page = live_server.url + reverse("admin:residency_exit_change", args=[park_exit.pk])
    floor = live_server.url + reverse("admin:floor", args=[desk.grounds.floor.pk])

    page = signed_in(staff)
    page.set_viewport_size(DESK)
    page.goto(exit_page)
    press(page, "Confirm the inspection of the space")
    expect(page.get_by_text(lease.number).first).to_be_visible()
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "ending")

    page = signed_in(owner)
    place = {"tenant": owner.tenant.slug, "pk": sheet.pk}
    page.goto(live_server.url + reverse("leasing:handover", kwargs=place))
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("Both sides have signed.")).to_be_visible()

    page = signed_in(staff)
    page.goto(floor)
    expect(page.locator(".plan-shape")).to_have_attribute("data-state", "free")
    page.goto(exit_page)
    press(page, "Confirm the inspection of the space")
    page.goto(exit_page)
    expect(page.get_by_role("link", name="Complete the exit")).to_be_visible()
    assert complaints == []
