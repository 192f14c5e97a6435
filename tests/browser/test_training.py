"""A coordinator books blank seats, seats a list of people, changes a name and gives one up."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_floor_plan import complaints_of_axe, look
from tests.learners.conftest import sheet
from tests.spaces.making import Grounds
from tests.training.making import Centre, S, School, booked, states

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 1000}


@pytest.fixture
def centre(staff):
    return Centre(Grounds(staff))


@pytest.fixture
def school(make, centre):
    found = School(make.member(make.tenant(kind="university"), "coordinator"))
    centre.agree(found, 20)
    return found


def test_a_coordinator_books_seats_a_list_and_changes_a_name(
    complaints, live_server, signed_in, school, centre, tmp_path
):
    session = centre.session(capacity=8)
    learners = school.learners(4)
    page = signed_in(school.keeper)
    page.set_viewport_size(DESK)
    page.goto(live_server.url + reverse("training:overview", args=[school.tenant.slug]))
    page.get_by_role("link", name="Book a session").click()
    page.get_by_role("link", name="Listing").click()
    page.get_by_role("link", name="Book seats").click()
    page.get_by_label("Blank seats").fill("2")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("2 seats are yours.")).to_be_visible()
    assert complaints_of_axe(page) == []
    look(page, "training-session")

    rows = [[each.number, each.name] for each in learners[:3]]
    file = tmp_path / "list.csv"
    file.write_bytes(sheet(*rows, ["N0", "没有"], headers=["学号", "姓名"]))
    page.get_by_role("link", name="Upload a list").click()
    page.get_by_label("List of people").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("Not in your register")).to_be_visible()
    page.set_viewport_size(PHONE)
    look(page, "training-list")
    assert complaints_of_axe(page) == []
    page.get_by_role("button", name="Seat these people").click()
    expect(page.get_by_text("3 people have seats.")).to_be_visible()
    assert states() == [S.BOOKED] * 3

    page.get_by_role("link", name=rows[0][0]).click()
    page.get_by_label("Student number").fill(learners[3].number)
    page.get_by_role("button", name="Give this name").click()
    expect(page.get_by_role("link", name=learners[3].number)).to_be_visible()

    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("The seats are cancelled.")).to_be_visible()
    assert sorted(states()) == [S.BOOKED] * 2 + [S.CANCELLED]
    assert complaints == []
    assert booked(school.keeper, session, blanks=6)
