"""An import leaves one row in the trail; whatever changes later leaves one each."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tenants.models import TrailEntry
from tests.trade.conftest import lines
from trade.models import Order, OrderImport, OrderLine

ROWS = ["1,A,x,1,2011-02-01 10:00:00,2.00,,EIRE", "2,A,x,1,2011-02-03 10:00:00,3.00,,RSA"]
TABLES = ["trade_order", "trade_orderline", "trade_orderimport"]


def trail():
    return list(
        TrailEntry.objects.filter(table__in=TABLES).order_by("id").values_list("table", "action")
    )


def test_one_row_for_an_import_and_one_for_the_next(import_orders):
    done = import_orders(lines(*ROWS))
    entry = TrailEntry.objects.get(table="trade_orderimport")
    assert (entry.action, entry.row_id) == ("bulk", done.pk)
    assert entry.after is not None
    assert entry.after["inserted"] == 2
    assert entry.request_id == "test-request"
    import_orders(lines("1,B,y,1,2011-02-01 10:00:00,2.00,,EIRE"))  # changes a known order
    assert trail() == [("trade_orderimport", "bulk")] * 2


def test_later_changes_leave_a_row_each(import_orders):
    import_orders(lines(*ROWS))
    OrderLine.objects.filter(order__number="1").update(description="y")
    Order.objects.filter(number="2").update(country="US")
    OrderLine.objects.filter(order__number="2").delete()
    Order.objects.filter(number="2").delete()
    OrderImport.objects.update(sheet="x")
    assert trail()[1:] == [
        ("trade_orderline", "update"),
        ("trade_order", "update"),
        ("trade_orderline", "delete"),
        ("trade_order", "delete"),
        ("trade_orderimport", "update"),
    ]


def test_an_order_without_an_import_leaves_a_row(import_orders):
    import_orders(lines(*ROWS))
    order = Order.objects.get(number="1")
    order.pk, order.number, order.last_import = None, "by hand", None
    order.save(force_insert=True)
    assert trail()[1:] == [("trade_order", "insert")]


def test_lines_cannot_claim_an_import_that_is_not_theirs(import_orders):
    import_orders(lines(*ROWS))
    line = OrderLine.objects.earliest("pk")
    line.pk, line.occurrence, line.order_import_id = None, 2, 999_999
    with pytest.raises(IntegrityError, match="import that does not exist"), transaction.atomic():
        line.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.update(order_import_id=999_999)


def test_an_import_cannot_be_deleted(import_orders):
    done = import_orders(lines(*ROWS))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        OrderImport.objects.filter(pk=done.pk)._raw_delete("default")
