"""From the code on the screen to the certificate that somebody verifies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from certificates.models import Certificate
from learners.operations import change_learner
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.conftest import grounds
from tests.spaces.making import office, portal
from tests.training.conftest import centre, make_school, school
from tests.training.teaching import AFTER, FIRST, Held
from training import check_in_codes
from training.operations.sessions import finish_session

__all__ = ["centre", "grounds", "make_school", "school"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def clock(monkeypatch):
    def _set(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return _set


def test_a_learner_checks_in_is_certified_and_verified(
    page, complaints, live_server, signed_in, centre, school, clock
):
    held = Held(centre, school, learners=2, test_required=True)
    learner = held.people[0]
    with portal(school.keeper) as actor:
        said = {name: str(getattr(learner, name)) for name in ("number", "name", "programme", "entry_year")}  # fmt: skip
        change_learner(
            actor=actor, now=FIRST, learner=learner, said=said | {"mobile": "13800001234"}
        )
    held.begin()
    for place, date in enumerate(held.dates):
        moment = FIRST + timedelta(days=place, minutes=2)
        clock(moment)
        page.set_viewport_size(PHONE)
        page.goto(live_server.url + check_in_codes.path_of(date, moment))
        page.get_by_label(re.compile("学号|Student number")).fill(learner.number)
        page.get_by_label(re.compile("后四位|Last four digits")).fill("1234")
        page.get_by_role("button", name=re.compile("签到|Check in")).click()
        expect(page.locator("main")).to_contain_text(re.compile(r"180"))
    clock(AFTER)
    with office(centre.lead) as actor:
        finish_session(actor=actor, now=AFTER, session=held.session)

    staff = signed_in(centre.lead)
    staff.set_viewport_size({"width": 1440, "height": 900})
    for date in held.dates:
        staff.goto(live_server.url + reverse("admin:attendance_date", kwargs={"pk": date.pk}))
        staff.get_by_label("Everybody without a mark, on all pages").select_option("absent")
        staff.get_by_role("button", name="Keep these marks").click()
        expect(staff.locator("body")).to_contain_text("Everybody has a mark.")
    staff.goto(
        live_server.url + reverse("admin:attendance_session", kwargs={"pk": held.session.pk})
    )
    row = staff.get_by_role("row", name=re.compile(learner.number))
    row.get_by_role("combobox").select_option("yes")
    row.get_by_role("spinbutton").fill("86")
    staff.get_by_role("button", name="Keep these results").click()
    staff.get_by_role("button", name="Settle and issue certificates").click()
    with enter(Identity(STAFF)):
        made = Certificate.objects.get()
    assert made.number is not None
    expect(staff.locator("body")).to_contain_text(made.number)

    keeper = signed_in(school.keeper)
    keeper.goto(f"{live_server.url}/o/{school.tenant.slug}/certificates/")
    keeper.get_by_role("link", name=made.number).click()
    keeper.get_by_role("button", name="Link for the holder").click()
    own = keeper.locator("#main").get_by_text("/certificates/").first.inner_text()
    keeper.context.clear_cookies()
    keeper.goto(live_server.url + "/certificates/" + own.partition("/certificates/")[2])
    expect(keeper.locator("main")).to_contain_text(learner.name)

    keeper.goto(f"{live_server.url}/verify/")
    keeper.locator("input[name=number]").fill(made.number.lower().replace("-", " "))
    keeper.locator("input[name=number]").press("Enter")
    expect(keeper.locator("main")).to_contain_text(made.number)
    expect(keeper.locator("main")).not_to_contain_text(learner.name)
    assert complaints == []
