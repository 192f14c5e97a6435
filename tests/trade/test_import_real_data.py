"""Real invoices through the whole pipeline, against a computation with Python's csv module."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from tenants.isolation.context import enter_tenant
from tests.shared_data import shared
from tests.trade.conftest import run
from tests.trade.online_retail import assert_identities, figures, said
from trade.models import DailySales, MonthlySales, Order, OrderLine

MONTHS = ["2010-12", "2011-01", "2011-02", "2011-04", "2011-05", "2011-06", "2011-08"]


def month_file(month):
    return shared("online-retail-uci", f"online-retail-{month}.csv")


def assert_answer(result, expected):
    assert {key: said(result)[key] for key in expected} == expected
    assert_identities(result)


def test_the_command_tells_the_figures_of_a_month(owner, enterprise, capsys):
    path = month_file("2011-02")
    arguments = [
        "import_orders",
        "--tenant",
        enterprise.slug,
        "--mapping",
        "online-retail",
        str(path),
        "--json",
    ]
    call_command(*arguments)
    first = json.loads(capsys.readouterr().out)
    assert_answer(first, figures(path))
    assert (first["already_known"], first["unmapped_countries"]) == (0, [])

    call_command(*arguments)
    second = json.loads(capsys.readouterr().out)
    assert second["inserted"] == 0
    assert second["already_known"] == first["inserted"]
    assert_answer(second, figures(path))
    with enter_tenant(enterprise.pk):
        assert OrderLine.objects.count() == first["inserted"]


@pytest.mark.slow
def test_seven_months_and_the_sums_kept_beside_them(as_owner, import_orders):
    expected = {month: figures(month_file(month)) for month in MONTHS}
    for month in MONTHS:
        assert_answer(import_orders(month_file(month)).result, expected[month])
    net = sum((one["net"] for one in expected.values()), Decimal(0))
    assert sum(one["rows_read"] for one in expected.values()) == 244439
    totals = Order.objects.aggregate(
        net=Sum("net"), lines=Sum("sale_lines") + Sum("cancellation_lines")
    )
    assert totals == {"net": net, "lines": OrderLine.objects.count()}
    assert DailySales.objects.aggregate(net=Sum("net"))["net"] == net
    assert MonthlySales.objects.aggregate(net=Sum("net"))["net"] == net
    assert OrderLine.objects.aggregate(net=Sum("amount"))["net"] == net
    by_month = dict(MonthlySales.objects.values_list("month").annotate(Sum("net")))
    assert {f"{month:%Y-%m}": value for month, value in by_month.items()} == {
        month: one["net"] for month, one in expected.items()
    }
    before = Order.objects.aggregate(Count("pk"), Sum("net"))
    again = [import_orders(month_file(month)).result for month in MONTHS]
    assert {one["inserted"] for one in again} == {0}
    assert Order.objects.aggregate(Count("pk"), Sum("net")) == before
    assert DailySales.objects.aggregate(net=Sum("net"))["net"] == net


def test_a_neighbour_sees_nothing_of_it(actor, neighbour, make):
    with enter_tenant(actor.tenant_id):
        run(actor, b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Country\n"
                   b"1,A,x,1,2011-01-04 10:00:00,2.50,EIRE\n")  # fmt: skip
    with enter_tenant(neighbour.pk):
        assert not Order.objects.exists()
        assert not OrderLine.objects.exists()
        assert not DailySales.objects.exists()
