"""Reference rates and the figures in yuan: the day's rate, the last one before it, provisional."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from foundation.errors import NotPermitted
from foundation.periods import ALL, parse
from foundation.tables.errors import TableError
from foundation.tables.source import open_table
from tenants.isolation.context import STAFF, Identity, enter
from tests.shared_data import shared
from tests.trade.conftest import lines
from tests.trade.test_import_again import assert_figures_equal_the_rows
from trade import operations, queries
from trade.models import MonthlySales, ReferenceRate
from trade.queries import OrderFilter

# Tuesday 4 January has a rate, Thursday the 6th takes it, the 14th is too far from it.
ORDERS = lines(
    "1,A,a,1,2011-01-04 10:00:00,10.00,,EIRE",
    "2,A,a,2,2011-01-06 10:00:00,10.00,,RSA",
    "3,B,b,1,2011-01-14 10:00:00,10.00,,RSA",
    "C4,B,b,-1,2011-02-01 10:00:00,4.00,,EIRE",
)
RATES = (
    "Date,USD,GBP,CNY,\n2011-01-04,1.3,0.8,8.8,\n2011-01-05,N/A,N/A,8.9,\n2010-12-31,1.3,0.8,N/A,\n"
)


def record(actor, text):
    with enter(Identity(STAFF, actor.tenant_id, actor.user_id)):
        table = open_table(BytesIO(text.encode()), filename="rates.csv")
        return operations.record_rates(actor=actor, now=timezone.now(), table=table)


@pytest.fixture
def staff_actor(staff):
    return staff.actor(is_staff=True)


def test_without_a_rate_there_is_no_sum_in_yuan(as_owner, import_orders):
    import_orders(ORDERS)
    total = queries.totals(as_owner, ALL)
    assert (total.net_cny, total.provisional) == (None, True)


@pytest.mark.parametrize("rates_first", [True, False])
def test_the_days_rate_or_the_last_before_it(rates_first, as_owner, import_orders, staff_actor):
    if rates_first:
        record(staff_actor, RATES)
    import_orders(ORDERS)
    if not rates_first:  # figures follow rates that come later
        assert record(staff_actor, RATES)["figures"] == 4
    day, carried = queries.totals(as_owner, parse("2011-01-04..2011-01-04")), queries.totals(
        as_owner, parse("2011-01-05..2011-01-06")
    )  # fmt: skip
    assert (day.net_cny, day.carried, day.provisional) == (Decimal(110), False, False)
    assert (carried.net_cny, carried.carried, carried.provisional) == (Decimal(220), True, False)
    old = queries.totals(as_owner, parse("2011-01-14..2011-01-14"))
    assert (old.net_cny, old.carried, old.provisional) == (Decimal(110), True, True)
    assert queries.totals(as_owner, ALL).net_cny == Decimal(396)
    assert_figures_equal_the_rows(as_owner)


def test_a_corrected_rate_moves_the_figures(as_owner, import_orders, staff_actor):
    import_orders(ORDERS)
    record(staff_actor, RATES)
    answer = record(staff_actor, RATES.replace("0.8,8.8", "0.8,9.6"))
    assert (answer["new"], answer["changed"]) == (0, 3)
    assert queries.totals(as_owner, ALL).net_cny == Decimal(432)
    assert_figures_equal_the_rows(as_owner)


def test_figures_by_month_country_and_product_agree(as_owner, import_orders, staff_actor):
    record(staff_actor, RATES)
    import_orders(ORDERS)
    total = queries.totals(as_owner, ALL).net_cny
    months = queries.by_month(as_owner, ALL)
    assert [(f"{row.key:%m}", row.net) for row in months] == [
        ("01", Decimal(40)),
        ("02", Decimal(-4)),
    ]
    countries = {row.key: row.net_cny for row in queries.by_country(as_owner, ALL)}
    assert countries == {"ZA": Decimal(330), "IE": Decimal(66)}
    products = {row.key: (row.quantity, row.net_cny) for row in queries.by_product(as_owner, ALL)}
    assert products == {"A": (Decimal(3), Decimal(330)), "B": (Decimal(0), Decimal(66))}
    assert (
        sum(value or 0 for value in countries.values())
        == sum(value or 0 for _q, value in products.values())
        == total
    )


@pytest.mark.parametrize("period", ["2011-01-05..2011-01-20", "2011-01-05..2011-03-01", "2011-01", "2010-12-05..2011-02-01"])  # fmt: skip
def test_products_of_days_within_a_month_equal_the_totals(
    period, as_owner, import_orders, staff_actor
):
    record(staff_actor, RATES)
    import_orders(ORDERS)
    total = queries.totals(as_owner, parse(period))
    products = queries.by_product(as_owner, parse(period))
    assert sum(row.net for row in products) == sum(row.net for row in total.by_currency)
    assert sum(row.net_cny or 0 for row in products) == total.net_cny
    assert any(row.provisional for row in products) == total.provisional


def test_every_figure_is_the_sum_of_its_rows(as_owner, import_orders):
    import_orders(ORDERS)
    for row in queries.by_country(as_owner, ALL):
        orders = queries.orders_page(as_owner, OrderFilter(country=row.key)).rows
        assert sum(order.net for order in orders) == row.net


def test_the_ecb_file_against_the_csv_module(enterprise):
    path = shared("reference-lists", "ecb-fx", "eurofxref-hist-to-2024.csv")
    call_command("import_rates", str(path))
    with path.open(newline="") as file:
        rows = {row["Date"]: row for row in csv.DictReader(file)}
    for day, currency in [("2011-01-04", "GBP"), ("2024-12-31", "IDR"), ("2005-04-01", "USD")]:
        expected = Decimal(rows[day]["CNY"]) / Decimal(rows[day][currency])
        stored = ReferenceRate.objects.get(day=day, currency=currency).cny_per_unit
        assert abs(stored - expected) < Decimal("1e-15")
    assert ReferenceRate.objects.get(day="2011-01-04", currency="EUR").cny_per_unit == Decimal(
        rows["2011-01-04"]["CNY"]
    )
    assert not ReferenceRate.objects.filter(day__lt="2005-04-01").exists()  # no yuan before


def test_the_central_parity_rate_goes_before_the_banks(as_owner, import_orders, staff_actor):
    record(staff_actor, RATES)
    import_orders(ORDERS)
    answer = record(
        staff_actor,
        "Day,USD/CNY,GBP/CNY,100JPY/CNY,CNY/MYR\n2011-01-04,6.6,10.2,8.00,0.5\nSource: x,,,,\n",
    )
    assert (answer["source"], answer["new"]) == ("cfets", 4)
    assert queries.totals(as_owner, parse("2011-01-04..2011-01-04")).net_cny == Decimal(102)
    with enter(Identity(STAFF)):
        assert ReferenceRate.objects.get(currency="JPY").cny_per_unit == Decimal("0.08")
        assert ReferenceRate.objects.get(currency="MYR").cny_per_unit == Decimal(2)


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("Day,USD\n2011-01-04,1\n", "not_rates", 1),
        ("Date,USD,CNY\n2011-01-04,x,8\n", "rate_unreadable", 2),
        ("Date,USD,CNY\nyesterday,1,8\n", "rate_unreadable", 2),
        ("Date,USD,CNY\n2011-01-04,0,8\n", "rate_unreadable", 2),
    ],
)
def test_other_tables_are_refused_and_nothing_is_kept(text, code, row, staff_actor):
    with pytest.raises(TableError) as refused:
        record(staff_actor, text)
    assert (refused.value.code, refused.value.row) == (code, row)
    assert not ReferenceRate.objects.exists()


def test_an_enterprise_cannot_record_rates(actor):
    with pytest.raises(NotPermitted):
        record(actor, RATES)


def test_the_park_sees_the_sum_over_organisations(as_owner, import_orders, staff_actor):
    record(staff_actor, RATES)
    import_orders(ORDERS)
    with enter(Identity(STAFF, staff_actor.tenant_id)):
        total = queries.park_total(staff_actor, parse("2011"))
        assert (total.net_cny, total.provisional, total.without_rate) == (Decimal(396), True, 0)
        months = list(queries.enterprise_months(staff_actor, parse("2011-01")))
    assert [row["net_cny"] for row in months] == list(
        MonthlySales.objects.filter(month="2011-01-01").values_list("net_cny", flat=True)
    )
    with pytest.raises(NotPermitted):
        queries.park_total(as_owner, ALL)
