"""Who sits down at the desk after somebody signed out finds nothing by the browser's Back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HTMX_PLACE = "htmx-current-path-for-history"


@pytest.fixture
def home(page, live_server, signed_in, owner):
    page = signed_in(owner)
    page.goto(live_server.url + reverse("portal", kwargs={"tenant": "haihe"}))
    expect(page.get_by_text(owner.tenant.name_en).first).to_be_visible()
    return page


def back(page) -> str:
    page.go_back()
    page.wait_for_load_state()
    return page.content()


def test_back_leads_to_the_sign_in(home, owner):
    home.locator("details.menu summary").last.click()
    home.get_by_role("button", name="Sign out").click()
    home.wait_for_url("**/accounts/login/**")
    assert owner.tenant.name_en not in back(home)
    assert "/accounts/login/" in home.url
    kept = home.evaluate("({...localStorage, ...sessionStorage})")
    # htmx notes where it is, which is the sign-in by now.
    assert kept.pop(HTMX_PLACE, "/accounts/login/").startswith("/accounts/login/")
    assert set(kept) <= {"theme", "sidebar"}


def test_control_while_signed_in_back_shows_the_page(home, live_server, owner):
    home.goto(live_server.url + reverse("account_email"))
    assert owner.tenant.name_en in back(home)
