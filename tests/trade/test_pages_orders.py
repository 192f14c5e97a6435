"""The list of orders, one order, their exports: what the address asks for and nothing else."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.urls import reverse

from backbone.models import Document, Job
from backbone.runner import perform
from foundation.refs import ref_of
from foundation.tables.source import open_table
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import lines, run
from trade.views import orders as views

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = "/o/haihe/orders/"


def address(view, tenant="haihe", **keys):
    return reverse(view, kwargs={"tenant": tenant, **keys})


@pytest.fixture
def browser(owner, sign_in):
    client = sign_in(owner)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def some(actor):
    """Forty export orders a day apart and two to other places; one product in both."""
    start = date(2011, 1, 1)
    rows = [f"{n:03d},A{n},Vase,2,{start + timedelta(n)} 10:00:00,2.50,,EIRE" for n in range(40)]
    rows += [
        "900,A1,Vase,3,2011-03-01 10:00:00,1.00,,France",
        "C900,A1,Vase,-1,2011-03-02 10:00:00,1.00,,France",
    ]
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        return run(actor, lines(*rows))


def numbers(response):
    return [order.number for order, _amount in response.context["rows"]]


def test_pages_hold_every_order_once_in_either_order(browser, some):
    for sort in ("", "ordered_on"):
        seen, query = [], {"sort": sort}
        while True:
            page = browser.get(ORDERS, query)
            seen += numbers(page)
            if not page.context["page"].next:
                break
            query = {"sort": sort, "after": page.context["page"].next}
        assert len(seen) == len(set(seen)) == 42
        assert seen[0] == ("000" if sort else "C900")
        back = browser.get(ORDERS, {"sort": sort, "before": page.context["page"].previous})
        assert numbers(back) == seen[:25]


def test_filters_live_in_the_address_and_the_total_is_that_of_the_rows(browser, some):
    page = browser.get(ORDERS, {"period": "2011-03", "country": "FR"})
    assert numbers(page) == ["C900", "900"]
    (total,) = page.context["totals"]
    assert (total.currency, total.net) == ("GBP", 2)
    assert 'data-total="GBP">GBP 2.00' in page.content.decode()


def test_the_channel_is_a_ref_that_outlives_the_secret(browser, some, settings):
    ref = ref_of(some.mapping.channel_id, "channel")
    assert browser.get(ORDERS, {"channel": ref}).context["form"].wanted().channel_id
    settings.REFS_KEY = "another key, for refs alone and long enough"
    page = browser.get(ORDERS, {"channel": ref})
    assert page.context["form"].wanted().channel_id == some.mapping.channel_id


def test_one_product_shows_what_its_own_lines_sum_up_to(browser, some):
    page = browser.get(ORDERS, {"sku": "A1"})
    assert numbers(page) == ["C900", "900", "001"]
    assert [amount.net for _order, amount in page.context["rows"]] == [-1, 3, 5]
    assert page.context["totals"][0].net == 7


def test_search_finds_numbers_and_products(browser, some):
    assert numbers(browser.get(ORDERS, {"q": "90"})) == ["900"]
    assert set(numbers(browser.get(ORDERS, {"q": "A1"}))) >= {"900", "001", "012"}


@pytest.mark.parametrize(
    "query",
    [
        {"period": "nonsense"},
        {"channel": "x"},
        {"channel": "1"},
        {"after": "; drop"},
        {"after": "2011-02-01_20"},
        {"direction": "up"},
    ],
)
def test_an_address_that_cannot_be_narrows_nothing(browser, some, query):
    page = browser.get(ORDERS, query)
    assert page.status_code == 200
    assert page.context["page"].count == 42


def test_nothing_yet_and_nothing_found_are_two_texts(browser, enterprise):
    assert "No orders yet" in browser.get(ORDERS).content.decode()
    found = browser.get(ORDERS, {"q": "zzz"}).content.decode()
    assert "No order fits" in found
    assert "Show all orders" in found


def test_the_exports_hold_what_is_shown(browser, some):
    page = browser.get(ORDERS, {"country": "FR"})
    addresses = dict(page.context["exports"])
    text = browser.get(addresses["CSV"]).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["Order number"], row["Net"]) for row in rows] == [("C900", "-1"), ("900", "3")]
    with open_table(BytesIO(browser.get(addresses["XLSX"]).content)) as table:
        assert [cells[0] for _line, cells in table.rows()] == ["C900", "900"]


def test_a_large_export_is_a_job_that_leaves_a_file(browser, some, enterprise, monkeypatch):
    monkeypatch.setattr(views, "DIRECT_ROWS", 5)
    sent = browser.get(ORDERS + "export.csv", {"period": "2011-01"})
    assert "/jobs/" in sent.url
    with enter_tenant(enterprise.pk):
        job = Job.objects.get()
    perform(tenant_id=enterprise.pk, job_id=job.pk)
    with enter_tenant(enterprise.pk):
        document = Document.objects.get(purpose="trade.exported_orders")
    answer = browser.get(address("backbone:file", pk=document.pk))
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(content)))) == 32
    assert content.startswith("Order number"), "in the language of who asked"


def test_an_order_with_its_lines_neighbours_and_trail(browser, some):
    first = browser.get(ORDERS, {"q": "900"}).context["rows"][0][0]
    page = browser.get(address("trade:order", order_id=first.pk))
    assert page.context["older"].number == "039"
    assert page.context["newer"].number == "C900"
    text = page.content.decode()
    assert "imported" in text
    assert address("trade:import", import_id=some.pk) in text
    assert "orders.csv</a>" in text, "the file's name, not the import's number"
    assert "(in the file: France)" in text


def test_a_strangers_order_looks_like_one_that_never_was(browser, some, make, neighbour, sign_in):
    pk = browser.get(ORDERS).context["rows"][0][0].pk
    foreign = sign_in(make.member(neighbour, "owner"))
    hers = foreign.get(address("trade:order", "jinmen", order_id=pk))
    none = foreign.get(address("trade:order", "jinmen", order_id=999_999))
    assert hers.status_code == none.status_code == 404
    assert hers.content == none.content
    assert not foreign.get("/o/jinmen/orders/").context["page"].rows
    content = foreign.get("/o/jinmen/orders/export.csv").content.decode("utf-8-sig")
    assert len(content.splitlines()) == 1


@pytest.mark.parametrize(
    "path", ["", "?q=A1", "?sku=A1&period=2011", "?after={next}", "?sort=ordered_on"]
)
def test_the_list_stays_under_twelve_queries(path, browser, some, django_assert_max_num_queries):
    path = path.format(next=browser.get(ORDERS).context["page"].next)
    with django_assert_max_num_queries(12):
        assert browser.get(ORDERS + path).status_code == 200


def test_one_order_stays_under_twelve_queries(browser, some, django_assert_max_num_queries):
    pk = browser.get(ORDERS).context["rows"][3][0].pk
    with django_assert_max_num_queries(12):
        browser.get(address("trade:order", order_id=pk))
