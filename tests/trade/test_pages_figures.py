"""Every figure leads to exactly its rows and equals their sum."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest

from foundation.tables.source import open_table
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.trade.conftest import lines, run
from trade.models import Order, RateSource, ReferenceRate

pytestmark = pytest.mark.django_db(transaction=True)
FIGURES = "/o/haihe/figures/"
LINK = re.compile(
    r'data-figure="(\w+)" href="([^"]+)"><span class="numeric">([A-Z]{3}) ([-\d,.]+)<'
)


@pytest.fixture
def browser(owner, sign_in):
    client = sign_in(owner)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def some(actor):
    """Orders of four months, three countries and two products, one month with a cancellation."""
    start = date(2010, 11, 20)
    places = ["EIRE", "France", "Germany"]
    rows = [
        f"{n:03d},P{n % 2},Vase,{n % 5 + 1},{start + timedelta(3 * n)} 10:00:00,2.25,,{places[n % 3]}"
        for n in range(40)
    ]
    rows.append("C001,P1,Vase,-2,2011-01-05 10:00:00,2.25,,France")
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        return run(actor, lines(*rows))


@pytest.fixture
def rates(staff):
    with enter(Identity(STAFF, staff.tenant_id)):
        ReferenceRate.objects.create(
            day=date(2010, 11, 19), currency="GBP", cny_per_unit=Decimal(10), source=RateSource.ECB
        )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?period=2010-12",
        "?period=2011-Q1&direction=all",
        "?period=2010-12-05..2011-02-03",
        "?period=all",
    ],
)
def test_every_figure_is_the_sum_of_the_rows_it_leads_to(browser, some, query):
    page = browser.get(FIGURES + query)
    found = LINK.findall(page.content.decode())
    assert {kind for kind, *_rest in found} == {"month", "country", "product"}
    for kind, address, currency, shown in found:
        listed = browser.get(unescape(address))
        (total,) = listed.context["totals"]
        assert (kind, total.currency, f"{total.net:,.2f}") == (kind, currency, shown)
        rows = listed.context["rows"]
        if listed.context["page"].count <= 25:
            own = [amount.net if kind == "product" else order.net for order, amount in rows]
            assert sum(own) == total.net


def test_opens_at_the_newest_year_with_orders(browser, some):
    assert str(browser.get(FIGURES).context["asked"].period) == "2011"


def test_months_countries_and_products_have_the_same_sum(browser, some):
    context = browser.get(FIGURES + "?period=all").context
    sums = {
        name: sum(row[0].net for row in context[name])
        for name in ("months", "countries", "products")
    }
    total = context["total"].by_currency[0].net
    assert set(sums.values()) == {total}
    with enter_tenant(some.tenant_id):
        assert total == sum(Order.objects.values_list("net", flat=True))


def test_without_a_rate_the_page_says_so(browser, some):
    page = browser.get(FIGURES).content.decode()
    assert "No reference rate is known for some of these days." in page


def test_an_old_rate_is_marked(browser, rates, some):
    page = browser.get(FIGURES + "?period=2010-11")
    assert page.context["total"].net_cny == page.context["total"].by_currency[0].net * 10
    assert "earlier rate" in page.content.decode()
    assert "Provisional" in browser.get(FIGURES + "?period=2011-02").content.decode()


def test_directions_stand_apart(browser, actor):
    with enter_tenant(actor.tenant_id):
        run(
            actor,
            lines("1,A,x,1,2011-01-04 10:00:00,2,,EIRE", "2,A,x,1,2011-01-04 10:00:00,5,,China"),
        )
    assert browser.get(FIGURES).context["total"].by_currency[0].net == 2
    page = browser.get(FIGURES + "?direction=all")
    assert page.context["total"].by_currency[0].net == 7
    assert {str(row["label"]): row["net"] for row in page.context["by_direction"]} == {
        "Export": 2,
        "Domestic": 5,
    }


def test_a_typed_range_becomes_a_period(browser, some):
    assert browser.get(FIGURES + "?from=2011-01-01&until=2011-01-31").url.endswith("period=2011-01")
    sent = browser.get(FIGURES + "?from=2011-02-01&until=2011-01-31", follow=True)
    assert "The last day lies before the first." in sent.content.decode()


def test_before_the_first_import(browser, enterprise):
    assert "No figures yet" in browser.get(FIGURES).content.decode()


def test_the_workbook_holds_the_same(browser, some):
    content = browser.get(FIGURES + "export.xlsx?period=all").content
    total = browser.get(FIGURES + "?period=all").context["total"].by_currency[0].net
    with open_table(BytesIO(content)) as about:
        sheets = about.sheets
        told = {cells[0]: cells[1] for _line, cells in about.rows()}
    assert told["Source"] == "Platform orders, not verified by customs"
    for sheet in sheets[1:]:
        with open_table(BytesIO(content), sheet=sheet) as table:
            net = table.headers.index("Net")
            assert sum(Decimal(cells[net]) for _line, cells in table.rows()) == total


def test_a_neighbour_sees_none_of_it(some, make, neighbour, sign_in):
    foreign = sign_in(make.member(neighbour, "owner"))
    assert not foreign.get("/o/jinmen/figures/").context["has_orders"]


@pytest.mark.parametrize(
    "query", ["", "?period=all&direction=all", "?period=2010-12-05..2011-02-03"]
)
def test_figures_stay_under_twelve_queries(query, browser, some, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert browser.get(FIGURES + query).status_code == 200


def test_the_home_page_links_its_tiles_to_their_rows(browser, some, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = browser.get("/o/haihe/")
    assert "No orders of" in page.content.decode(), "nothing of last month is here"
    addresses = [tile["url"] for tile in page.context["tiles"]]
    assert len(addresses) == 4
    assert all(browser.get(address).status_code == 200 for address in addresses)
