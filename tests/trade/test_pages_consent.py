"""Consent on the enterprise's page, and the staff's way to rows, totals and rates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.trade.conftest import lines, run
from trade.models import ReferenceRate, RowAccess, RowConsent

pytestmark = pytest.mark.django_db(transaction=True)
ACCESS = "/o/haihe/orders/access/"
TODAY = timezone.localdate()


def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def browser(owner, sign_in):
    return english(sign_in(owner))


@pytest.fixture
def desk(staff, sign_in):
    """The staff site."""
    return english(sign_in(staff))


@pytest.fixture
def consent(browser, actor):
    with enter_tenant(actor.tenant_id):
        run(actor, lines("777,A,x,1,2011-01-04 10:00:00,2.50,,EIRE"))
    browser.post(ACCESS, {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=3)})
    with enter_tenant(actor.tenant_id):
        return RowConsent.objects.get()


def rows(consent):
    return f"/staff/trade/rowconsent/{consent.pk}/orders/"


def looks(enterprise):
    with enter_tenant(enterprise.pk):
        return list(RowAccess.objects.values_list("purpose", "looked_at"))


def test_staff_look_with_a_purpose_and_the_enterprise_reads_it(browser, desk, consent, enterprise):
    assert "777" not in desk.get(rows(consent)).content.decode(), "no row without a purpose"
    assert looks(enterprise) == []
    page = desk.get(rows(consent), {"purpose": "Check of a subsidy", "q": "77"}).content.decode()
    assert "777" in page
    assert looks(enterprise) == [("Check of a subsidy", {"q": "77"})]
    assert "Check of a subsidy" in browser.get(ACCESS).content.decode()


def test_ended_consent_shows_no_row_and_writes_no_look(browser, desk, consent, enterprise):
    browser.post(reverse("trade:consent_end", kwargs={"tenant": "haihe", "consent_id": consent.pk}))
    page = desk.get(rows(consent), {"purpose": "Again"})
    assert "has not agreed" in page.content.decode()
    assert "777" not in page.content.decode()
    assert looks(enterprise) == []
    assert "Ended early" in browser.get(ACCESS).content.decode()


def test_days_that_cannot_be_are_said_at_the_field(browser, enterprise):
    past = TODAY - timedelta(days=9)
    page = browser.post(ACCESS, {"starts_on": past, "ends_on": past}).content.decode()
    assert "The last day lies before the first or in the past." in page
    with enter_tenant(enterprise.pk):
        assert not RowConsent.objects.exists()


def test_only_who_may_agree_can(make, enterprise, sign_in):
    member = english(sign_in(make.member(enterprise, "member")))
    assert "Agree for some days" not in member.get(ACCESS).content.decode()
    refused = member.post(ACCESS, {"starts_on": TODAY, "ends_on": TODAY})
    with enter_tenant(enterprise.pk):
        assert not RowConsent.objects.exists()
    assert refused.status_code == 403


def test_staff_see_monthly_totals_and_never_a_row(desk, consent):
    page = desk.get("/staff/trade/monthlysales/").content.decode()
    assert "GBP 2.50" in page
    imports = desk.get("/staff/trade/orderimport/").content.decode()
    assert "orders.csv" not in imports
    for path in ("monthlysales", "orderimport"):
        assert "777" not in desk.get(f"/staff/trade/{path}/1/change/").content.decode()


def test_staff_upload_central_parity_rates(desk, consent, staff):
    content = b"Date,USD/CNY,GBP/CNY\n2011-01-04,6.6215,10.2500\n"
    file = SimpleUploadedFile("rates.csv", content)
    page = desk.post("/staff/trade/referencerate/upload/", {"file": file}, follow=True)
    assert "New rates: 2" in page.content.decode()
    with enter(Identity(STAFF, staff.tenant_id)):
        rate = ReferenceRate.objects.get(currency="GBP")
    assert (rate.day, rate.source) == (date(2011, 1, 4), "cfets")
    assert "CNY 25.63" in desk.get("/staff/trade/monthlysales/").content.decode()


def test_a_table_that_holds_no_rates_is_refused_in_words(desk):
    file = SimpleUploadedFile("rates.csv", b"a,b\n1,2\n")
    page = desk.post("/staff/trade/referencerate/upload/", {"file": file})
    assert "staff-error" in page.content.decode()


def test_weaker_staff_reach_neither_rates_nor_rows(make, park, sign_in, consent, enterprise):
    weak = english(sign_in(make.member(park, "member", is_staff=True)))
    assert weak.get("/staff/trade/referencerate/upload/").status_code == 403
    assert weak.get(rows(consent), {"purpose": "Curious"}).status_code == 403
    assert weak.get("/staff/trade/rowconsent/").status_code == 403
    assert looks(enterprise) == []
