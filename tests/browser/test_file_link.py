"""A link for another device: asked for, copied, and opened where nobody is signed in."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from backbone.operations import store_document
from tenants.isolation.context import enter_tenant
from tests.browser.crawler import AXE, LEVELS, RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def document(owner):
    with enter_tenant(owner.tenant_id):
        return store_document(
            actor=owner.actor(),
            now=timezone.now(),
            file=io.BytesIO(b"a,b\n1,2\n"),
            name="订单 2026-09.csv",
            purpose="test",
        )


def test_from_the_button_to_the_other_device(
    page, complaints, live_server, signed_in, owner, document
):
    page = signed_in(owner)
    page.set_viewport_size({"width": 390, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + reverse("backbone:files", kwargs={"tenant": "haihe"}))
    page.get_by_role("button", name="Link for another device").click()
    expect(page.get_by_role("img", name="The link as a QR code")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE, LEVELS) == []
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.locator("#link").inner_text().strip()

    phone = page.context.browser.new_context().new_page()
    with phone.expect_download() as arriving:
        phone.evaluate("link => { location.href = link }", link)
    assert arriving.value.suggested_filename == document.name
    assert complaints == []
