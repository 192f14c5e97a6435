"""Organisations whose orders of last month are missing."""

from datetime import date

import pytest

from reporting.queries import late_uploads
from tenants.isolation.context import STAFF, Identity, enter
from tests.reporting.test_targets import sales


@pytest.fixture
def everybody(park):
    with enter(Identity(STAFF, park.pk)):
        yield


def test_the_longest_silent_comes_first(everybody, make, enterprise, neighbour):
    punctual = make.tenant()
    sales(enterprise, date(2026, 9, 1), "1")
    sales(neighbour, date(2026, 7, 1), "1")
    sales(punctual, date(2026, 10, 1), "1")
    make.tenant(slug="never-uploaded")
    late = late_uploads(date(2026, 11, 23))
    assert late.month == date(2026, 10, 1)
    assert late.tenants == [neighbour, enterprise]
    assert vars(late.tenants[0])["latest_month"] == date(2026, 7, 1)


def test_january_looks_at_december(everybody, enterprise):
    sales(enterprise, date(2026, 11, 1), "1")
    assert late_uploads(date(2027, 1, 5)).month == date(2026, 12, 1)


def test_the_staff_home_counts_the_same_rows(staff, enterprise, neighbour, sign_in):
    with enter(Identity(STAFF, staff.tenant_id)):
        sales(enterprise, date(2020, 1, 1), "1")
        sales(neighbour, date(2020, 1, 1), "1")
    browser = sign_in(staff)
    browser.cookies["django_language"] = "en"
    assert "2 organisations have uploaded no orders" in browser.get("/staff/").content.decode()
    page = browser.get("/staff/late/").content.decode()
    assert page.count("data-copies") == 2
    assert "/o/jinmen/orders/imports/" in page
