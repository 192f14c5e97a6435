"""A bill at hand: each line of the pay instructions is copied with one press."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.billing.conftest import desk
from tests.billing.test_pages import account_of_park
from tests.browser.crawler import AXE, LEVELS, RUN_AXE

__all__ = ["desk"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_a_bank_asks_for_is_copied(
    page, complaints, live_server, signed_in, owner, desk, settings
):
    settings.PARK_PAYNOW_UEN = "201403121W"
    account_of_park(currency="SGD")
    bill = desk.bill(owner.tenant, "1234.5", currency="SGD")
    page = signed_in(owner)
    page.set_viewport_size({"width": 390, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    where = {"tenant": owner.tenant.slug, "pk": bill.pk}
    page.goto(live_server.url + reverse("billing:bill", kwargs=where))
    for label, text in (
        ("Account holder", "Haihe Park Ltd"),
        ("Amount in SGD", "1234.50"),
        ("Payment reference", bill.reference),
    ):
        page.get_by_role("button", name=f"Copy {label}").click()
        expect(page.get_by_role("button", name=f"Copied {label}")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == text
    expect(page.get_by_role("img", name="PayNow code of this bill")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE, LEVELS) == []
    assert complaints == []
