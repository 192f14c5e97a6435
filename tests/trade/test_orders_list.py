"""The rows behind figures: filters, pages by key, counts that stop counting."""

from __future__ import annotations

import pytest
from django.http import Http404

from foundation.actors import Actor
from foundation.errors import NotPermitted
from foundation.periods import parse
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import lines
from trade import queries
from trade.models import Order
from trade.queries import OrderFilter
from trade.queries import orders as module


@pytest.fixture
def orders(import_orders):
    rows = [
        f"{100 + n},S{n % 3},x,1,2011-01-{n % 28 + 1:02d} 10:00:00,2.00,,EIRE" for n in range(60)
    ]
    rows.append("C900,S1,x,-1,2011-02-01 10:00:00,2.00,,RSA")
    import_orders(lines(*rows))


def numbers(page):
    return [order.number for order in page.rows]


def test_pages_forward_and_back_show_every_order_once(as_owner, orders):
    pages = [queries.orders_page(as_owner, OrderFilter(), size=25)]
    while pages[-1].next:
        pages.append(queries.orders_page(as_owner, OrderFilter(), size=25, after=pages[-1].next))
    expected = list(Order.objects.order_by("-ordered_on", "-pk").values_list("number", flat=True))
    assert [number for page in pages for number in numbers(page)] == expected
    assert pages[0].previous == ""
    back = queries.orders_page(as_owner, OrderFilter(), size=25, before=pages[2].previous)
    assert (numbers(back), back.next, back.previous) == (
        numbers(pages[1]), pages[1].next, pages[1].previous,
    )  # fmt: skip
    first = queries.orders_page(as_owner, OrderFilter(), size=25, before=pages[1].previous)
    assert (numbers(first), first.previous) == (numbers(pages[0]), "")


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (OrderFilter(country="ZA"), 1),
        (OrderFilter(period=parse("2011-01-05..2011-01-06")), 4),
        (OrderFilter(sku="S1"), 21),
        (OrderFilter(sku="S1", period=parse("2011-02")), 1),
        (OrderFilter(q="10"), 10),
        (OrderFilter(q="S1"), 21),
        (OrderFilter(q="C9"), 1),
        (OrderFilter(currency="USD"), 0),
        (OrderFilter(direction="export"), 61),
        (OrderFilter(q="%"), 0),
    ],
)
def test_filters(wanted, count, as_owner, orders):
    page = queries.orders_page(as_owner, wanted, size=100)
    assert (page.count, len(page.rows)) == (count, count)


def test_the_count_stops_counting(as_owner, orders, monkeypatch):
    monkeypatch.setattr(module, "COUNT_LIMIT", 50)
    page = queries.orders_page(as_owner, OrderFilter())
    assert (page.count, page.count_is_capped) == (50, True)


@pytest.mark.parametrize("key", ["x", "2011-01-05", "2011-13-01_5", "2011-01-05_x"])
def test_a_key_that_cannot_be_shows_the_first_page(key, as_owner, orders):
    assert numbers(queries.orders_page(as_owner, OrderFilter(), after=key))[0] == "C900"


def test_a_page_and_a_detail_cost_two_queries(as_owner, orders, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = queries.orders_page(as_owner, OrderFilter())
        assert page.rows[0].channel.name
    with django_assert_num_queries(2):
        order, order_lines = queries.order_detail(as_owner, page.rows[0].pk)
    assert (order.net, [line.sku for line in order_lines]) == (-2, ["S1"])


def test_a_strangers_order_is_not_there(as_owner, orders, neighbour):
    order = Order.objects.earliest("pk")
    with enter_tenant(neighbour.pk):
        stranger = Actor(user_id=None, tenant_id=neighbour.pk)
        with pytest.raises(Http404):
            queries.order_detail(stranger, order.pk)
        assert queries.orders_page(stranger, OrderFilter()).rows == []


def test_a_role_without_orders_sees_none(as_owner):
    stranger = Actor(user_id=1, tenant_id=as_owner.tenant_id, roles=frozenset({"coordinator"}))
    with pytest.raises(NotPermitted):
        queries.orders_page(stranger, OrderFilter())
