"""The whole way in a real browser: a real file through the wizard to figures that are true.

The totals are compared with Python's csv module, which shares nothing with the pipeline.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from foundation.money import round_half_up
from tenants.isolation.context import enter_tenant
from tests.makers import PASSWORD
from tests.proof import FULL
from tests.shared_data import shared
from tests.trade.online_retail import figures
from trade.models import Order, OrderLine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SLICE_ROWS = 1_500
RESULT = re.compile(r"/orders/imports/[a-z2-7]{26}/$")
IMPORT_SECONDS = 120


def months() -> list[Path]:
    return sorted(shared("online-retail-uci").glob("online-retail-*.csv"))


@pytest.fixture
def small(tmp_path):
    """The first rows of a real month."""
    path = tmp_path / "slice.csv"
    with months()[0].open(encoding="utf-8", newline="") as file:
        path.write_text("".join(next(file) for _row in range(SLICE_ROWS + 1)), encoding="utf-8")
    return path


def through_the_wizard(page, live_server, path):
    """Upload, mapping, check, import; ends on the result's page."""
    page.goto(f"{live_server.url}/o/haihe/orders/imports/new/")
    page.get_by_label("File with orders").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/mapping/")
    fits = page.locator(".mapping-list li").filter(has_text="online-retail")
    fits.get_by_role("button", name="Use it").click()
    page.wait_for_url("**/preview/")
    page.get_by_role("button", name="Import now").click()
    page.wait_for_url(RESULT, timeout=IMPORT_SECONDS * 1000)


def told(page):
    """The numbers that the result's page tells."""
    parts = page.locator("[data-told]").all()
    return {
        part.get_attribute("data-told"): Decimal(part.inner_text().replace(",", ""))
        for part in parts
    }


def expected(path):
    said = figures(path)
    return {
        name: said[name]
        for name in ("rows_read", "sale_lines", "cancellation_lines", "orders", "cancelled_orders")
    } | {"skipped": sum(said["skipped"].values()), "net": said["net"], "gross": said["gross"]}


def assert_told(page, path, *, again=False):
    found, wanted = told(page), expected(path)
    assert {name: found[name] for name in wanted} == wanted
    accepted = wanted["sale_lines"] + wanted["cancellation_lines"]
    assert (found["inserted"], found["already_known"]) == (
        (0, accepted) if again else (accepted, 0)
    )


def test_an_owner_signs_in_imports_and_sees_true_figures(
    page, complaints, live_server, owner, worker, small
):
    page.goto(f"{live_server.url}/o/haihe/orders/imports/new/")
    page.locator("[name=login]").fill(owner.user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/imports/new/")
    if page.locator("html").get_attribute("lang") != "en":
        page.get_by_role("button", name="English").click()
    through_the_wizard(page, live_server, small)
    assert_told(page, small)
    page.get_by_role("link", name="Figures of this file's days").click()
    shown = page.locator("[data-net=GBP]").all_inner_texts() + [
        row.inner_text() for row in page.locator("[data-figure=country]").all()
    ]
    assert "GBP" in shown[0]
    expect(page.locator("[data-chart=months] svg")).to_be_visible()
    page.goto(f"{page.url}&direction=all")
    net = f"GBP {figures(small)['net']:,.2f}"
    expect(page.locator("[data-net=GBP]")).to_have_text(net)
    page.locator("[data-net=GBP]").click()
    expect(page.locator("[data-total=GBP]")).to_have_text(net)
    assert complaints == []


def test_a_second_import_changes_nothing_and_says_so(
    complaints, live_server, owner, worker, small, signed_in
):
    page = signed_in(owner)
    through_the_wizard(page, live_server, small)
    through_the_wizard(page, live_server, small)
    expect(page.get_by_role("heading", name="Nothing changed")).to_be_visible()
    assert_told(page, small, again=True)
    assert complaints == []


def test_wrong_rows_come_back_are_mended_and_go_in(
    complaints, live_server, owner, worker, small, signed_in, tmp_path
):
    lines = small.read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "broken.csv"
    wrong = lines[3].split(",")
    quantity = wrong[3]
    wrong[3] = "a few"
    broken.write_text("\n".join([lines[0], lines[1], lines[2], ",".join(wrong), ""]))
    page = signed_in(owner)
    through_the_wizard(page, live_server, broken)
    assert told(page)["rejected"] == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows (1) as a file").click()
    mended = tmp_path / "mended.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "not a number" in text
    mended.write_text(text.replace("a few", quantity), encoding="utf-8")
    through_the_wizard(page, live_server, mended)
    assert told(page)["inserted"] == 1
    assert complaints == []


def test_the_wizard_works_without_scripts(live_server, owner, worker, small, page, sign_in):
    from django.conf import settings

    plain = page.context.browser.new_context(java_script_enabled=False, locale="en-GB")
    value = sign_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: value, settings.LANGUAGE_COOKIE_NAME: "en"}
    plain.add_cookies(
        [{"name": key, "value": text, "url": live_server.url} for key, text in cookies.items()]
    )
    without = plain.new_page()
    through_the_wizard(without, live_server, small)
    assert_told(without, small)


@pytest.mark.slow
def test_real_months_match_pythons_csv_module(
    complaints, live_server, owner, enterprise, worker, signed_in
):
    """All seven for the proof; the importer's own tests read all of them on other days too."""
    taken = months() if FULL else months()[-1:]
    page, lines = signed_in(owner), 0
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for month in taken:
        through_the_wizard(page, live_server, month)
        assert_told(page, month)
        wanted = figures(month)
        sums[str(wanted["first_day"][:7])] += wanted["net"]
        lines += wanted["sale_lines"] + wanted["cancellation_lines"]
    with enter_tenant(enterprise.pk):
        assert OrderLine.objects.count() == lines
        orders = Order.objects.count()
    page.goto(f"{live_server.url}/o/haihe/figures/?period=all&direction=all")
    shown = {
        row.locator("td").first.inner_text(): Decimal(
            row.locator("[data-figure=month]").inner_text().removeprefix("GBP ").replace(",", "")
        )
        for row in page.locator(".compact.months tr:has(td)").all()
    }
    rounded = {name: round_half_up(amount, 2) for name, amount in sums.items()}
    assert shown == rounded, "each month as the csv module has it, to the penny"
    assert orders == len(numbers(taken))
    through_the_wizard(page, live_server, taken[-1])
    assert_told(page, taken[-1], again=True)
    assert complaints == []


def numbers(taken) -> set[str]:
    """Order numbers with at least one line that is a sale or a cancellation."""
    from tests.trade.online_retail import kind_of

    found = set()
    for month in taken:
        with month.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            found |= {row["InvoiceNo"] for row in rows if kind_of(row) in ("sale", "cancellation")}
    return found
