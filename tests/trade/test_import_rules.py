"""What becomes of each kind of row: sale, cancellation, skipped or rejected, and never lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from foundation.errors import InvalidInput
from tests.trade.conftest import lines
from tests.trade.online_retail import assert_identities
from trade import operations
from trade.models import DailySales, MonthlyProductSales, Order, OrderLine

MAPPING: dict[str, Any] = {
    "columns": {
        "number": "no", "ordered_at": "date", "sku": "sku", "quantity": "qty", "unit_price": "price",
        "currency": "cur", "country": "to",
    },
    "kind_rules": {"cancellation": "negative_quantity"},
    "decimal_sign": ".",
}  # fmt: skip
HEADER = "no,date,sku,qty,price,cur,to"


@pytest.fixture
def shop(as_owner):
    return make_mapping(as_owner)


def make_mapping(actor, **changes):
    rules = {"name": "shop", "channel": "Shop"} | MAPPING | changes
    return operations.save_mapping(actor=actor, now=timezone.now(), **rules)


def test_every_rule_of_online_retail(import_orders):
    done = import_orders(
        lines(
            "1,A,sold,2,2011-01-04 10:00:00,2.50,1.0,EIRE",
            "1,A,sold,2,2011-01-04 09:30:00,2.50,1.0,EIRE",
            "1,B,free,1,2011-01-04 10:00:00,0,1.0,EIRE",
            "2,B,lost,-4,2011-01-04 10:00:00,1.00,,RSA",
            "2,B,lost for nothing,-4,2011-01-04 10:00:00,0.00,,RSA",
            "C3,A,back,-1,2011-01-05 10:00:00,2.50,1.0,USA",
            "C3,A,odd,1,2011-01-05 10:00:00,2.50,1.0,USA",
            "A4,B,Adjust bad debt,1,2011-01-05 10:00:00,-11062.06,,United Kingdom",
            "A5,B,Adjust bad debt,1,2011-01-05 10:00:00,11062.06,,United Kingdom",
            "6,B,refund,1,2011-01-05 10:00:00,-1.00,,Unspecified",
        )
    )
    assert done.result["skipped"] == {
        "adjustment": 2,
        "negative_price": 1,
        "negative_quantity": 1,
        "positive_quantity_in_cancellation": 1,
        "zero_price": 2,
    }
    assert_identities(done.result)
    assert (done.result["gross"], done.result["cancelled"], done.result["net"]) == (
        "10.00",
        "2.50",
        "7.50",
    )
    # Identical lines of one invoice are different lines, and the earliest time is the order's.
    order = Order.objects.get(number="1")
    assert (order.sale_lines, order.gross, order.country) == (2, Decimal("10.00"), "IE")
    assert timezone.localtime(order.ordered_at).strftime("%H:%M") == "09:30"
    assert list(OrderLine.objects.filter(order=order).values_list("occurrence", flat=True)) == [
        1,
        2,
    ]


def test_an_unknown_country_is_kept_and_can_be_mapped_later(as_owner, import_orders):
    done = import_orders(
        lines("1,A,x,1,2011-01-04 10:00:00,2.50,,Narnia", "2,A,x,1,2011-01-04 10:00:00,1.00,,EIRE")
    )
    assert done.result["unmapped_countries"] == ["Narnia"]
    assert done.result["countries"] == ["IE", "ZZ"]
    moved = operations.map_country(
        actor=as_owner, now=timezone.now(), mapping=done.mapping, label="Narnia", country="CN"
    )
    assert moved == 1
    # China is home here, so the order turns out to be domestic; every figure follows.
    assert Order.objects.get(number="1").direction == "domestic"
    assert set(DailySales.objects.values_list("country", "direction", "net")) == {
        ("CN", "domestic", Decimal("2.50")),
        ("IE", "export", Decimal("1.00")),
    }
    assert set(MonthlyProductSales.objects.values_list("direction", "net")) == {
        ("domestic", Decimal("2.50")),
        ("export", Decimal("1.00")),
    }


def test_rows_of_another_currency_than_their_order_are_rejected(shop, import_orders):
    content = lines("1,2026-01-05,A,1,2.50,USD,US", "1,2026-01-05,B,1,9,EUR,US", "2,2026-01-05,B,1,9,EUR,US",
                    header=HEADER)  # fmt: skip
    result = import_orders(content, shop).result
    assert result["rejected"] == {"differs:currency": 1}
    assert result["gross"] is None
    assert result["amounts"]["USD"]["net"] == "2.50"
    assert_identities(result)


def test_known_orders_keep_their_currency(as_owner, shop, import_orders):
    import_orders(lines("1,2026-01-05,A,1,2.50,USD,US", header=HEADER), shop)
    euros = make_mapping(as_owner, name="euros", currency="EUR")
    result = import_orders(lines("1,2026-01-05,B,1,2.50,USD,US", header=HEADER), euros).result
    assert (result["rejected"], result["inserted"]) == ({"differs:currency": 1}, 0)


BAD_ROWS = {
    "1,2026-01-05,A,1,2.50,XXX,US": "unknown:currency",
    "1,2026-01-05,A,1,2.50,,US": "blank:currency",
    "1,2026-01-05,A,one,2.50,USD,US": "not_a_number:quantity",
    "1,2026-01-05,A,1,2.00005,USD,US": "too_precise:unit_price",
    "1,2026-01-05,A,100000000000000,2,USD,US": "too_large:quantity",
    "1,2026-02-30,A,1,2.50,USD,US": "no_such_date:ordered_at",
    "1,05/09/2026,A,1,2.50,USD,US": "date_ambiguous:ordered_at",
    ",2026-01-05,A,1,2.50,USD,US": "blank:number",
    "1,2026-01-05,,1,2.50,USD,US": "blank:sku",
    "1,2026-01-05,A": "too_few_cells",
}


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.items())
def test_bad_rows_are_rejected_with_a_reason(row, reason, shop, import_orders):
    good = "9,2026-01-05,A,1,2.50,USD,US"
    result = import_orders(lines(row, good, header=HEADER), shop).result
    assert result["rejected"] == {reason: 1}
    assert result["inserted"] == 1
    assert_identities(result)


FORMS = {
    "ymd": ("2026-09-05", "1,234.50", "."),
    "dmy": ("05/09/2026", "1.234,50", ","),
    "mdy": ("09/05/2026 00:00", "1 234,50", ","),
}


@pytest.mark.parametrize(("order", "form"), FORMS.items())
def test_dates_and_numbers_in_the_forms_a_mapping_declares(order, form, as_owner, import_orders):
    day, price, sign = form
    mapping = make_mapping(as_owner, name="forms", date_order=order, decimal_sign=sign)
    content = lines(f'1;{day};A;1;"{price}";USD;US', header=HEADER.replace(",", ";"))
    result = import_orders(content, mapping).result
    assert (result["gross"], result["first_day"]) == ("1234.50", "2026-09-05")


def test_a_time_without_zone_is_that_of_the_mapping(as_owner, import_orders):
    mapping = make_mapping(as_owner, name="new york", time_zone="America/New_York")
    done = import_orders(lines("1,2026-01-05 20:00,A,1,2.50,USD,US", header=HEADER), mapping)
    assert done.result["first_day"] == "2026-01-06"  # in the park it is the next morning


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": {**MAPPING["columns"], "sku": ""}}, "sku"),
        ({"columns": {**MAPPING["columns"], "sku": "no"}}, "columns"),
        ({"columns": {k: v for k, v in MAPPING["columns"].items() if k != "currency"}}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"direction_rule": "column"}, "direction_rule"),
        ({"country_labels": {"Narnia": "NARNIA"}}, "country_labels"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": " "}, "name"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_field(changes, field, as_owner):
    with pytest.raises(InvalidInput) as refused:
        make_mapping(as_owner, **changes)
    assert list(refused.value.fields) == [field]
