"""Importing again: known lines stay, mended rows and late lines come on top, figures follow."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from foundation.refs import ref_of
from tests.trade.conftest import lines
from tests.trade.online_retail import assert_identities
from trade.models import DailySales, MonthlyProductSales, MonthlySales, Order, OrderLine
from trade.pipeline import rebuild

FIRST = ["1,A,x,1,2011-02-01 10:00:00,2.00,,EIRE", "2,A,x,1,2011-02-03 10:00:00,3.00,,RSA"]
FIGURES = (DailySales, MonthlySales, MonthlyProductSales)


def figures():
    """All sums as they stand, without their keys."""
    hidden = {"id", "description"}
    return [
        sorted(
            tuple((name, value) for name, value in row.items() if name not in hidden)
            for row in model.objects.values()
        )
        for model in FIGURES
    ]


def assert_figures_equal_the_rows(actor):
    """What imports added up step by step is what the rows add up to afresh."""
    kept = figures()
    days = sorted(set(Order.objects.values_list("ordered_on", flat=True)))
    months = sorted({day.replace(day=1) for day in days})
    with connection.cursor() as cursor:
        for channel in set(Order.objects.values_list("channel_id", flat=True)):
            rebuild.days(cursor, tenant_id=actor.tenant_id, channel_id=channel, days=days)
        rebuild.months(cursor, tenant_id=actor.tenant_id, months=months)
        rebuild.products(cursor, tenant_id=actor.tenant_id, months=months)
    assert figures() == kept


def test_the_same_file_changes_nothing(as_owner, import_orders):
    import_orders(lines(*FIRST, FIRST[0]))
    before = figures()
    result = import_orders(lines(*FIRST, FIRST[0])).result
    assert (result["inserted"], result["already_known"]) == (0, 3)
    assert figures() == before
    assert OrderLine.objects.count() == 3


def test_late_lines_of_known_orders_are_added(as_owner, import_orders):
    import_orders(lines(*FIRST))
    late = [
        "1,B,new,2,2011-02-01 10:00:00,5.00,,EIRE",
        "C1,A,back,-1,2011-02-04 10:00:00,2.00,,EIRE",
    ]
    result = import_orders(lines(*FIRST, *late)).result
    assert (result["inserted"], result["already_known"]) == (2, 2)
    assert_identities(result)
    assert Order.objects.get(number="1").gross == Decimal("12.00")
    assert DailySales.objects.aggregate(net=Sum("net"))["net"] == Decimal("13.00")
    assert_figures_equal_the_rows(as_owner)


def test_an_order_found_to_be_older_moves_with_its_lines(as_owner, import_orders):
    import_orders(lines(*FIRST))
    import_orders(lines("1,B,y,1,2011-01-31 09:00:00,1.00,,EIRE"))
    order = Order.objects.get(number="1")
    assert str(order.ordered_on) == "2011-01-31"
    assert set(order.lines.values_list("ordered_on", flat=True)) == {order.ordered_on}
    assert_figures_equal_the_rows(as_owner)


@pytest.mark.parametrize("twice", [False, True])
def test_rejected_rows_mended_come_on_top_of_their_likes(as_owner, import_orders, twice):
    good = "1,A,x,1,2011-02-01 10:00:00,2.00,,EIRE"
    bad = "1,A,x,one,2011-02-01 10:00:00,2.00,,EIRE"
    done = import_orders(lines(good, bad, bad))
    assert done.result["rejected"] == {"not_a_number:quantity": 2}
    file = done.rejected_document.path.read_bytes()
    assert file.startswith(b"\xef\xbb\xbfimport_reason,import_row,InvoiceNo,")
    assert file.count(b"1,A,x,one,2011-02-01 10:00:00,2.00,,EIRE") == 2
    mended = file.replace(b",one,", b",1,")
    result = import_orders(mended).result
    assert (result["inserted"], result["already_known"]) == (2, 0)
    assert Order.objects.get(number="1").sale_lines == 3
    if twice:  # neither the mended rows again nor the whole file mended double anything
        assert import_orders(mended).result["inserted"] == 0
        assert import_orders(lines(good, good, good)).result["inserted"] == 0
    assert_figures_equal_the_rows(as_owner)


def test_a_row_that_names_no_import_of_ours_is_a_row_like_others(import_orders):
    good = "1,A,x,1,2011-02-01 10:00:00,2.00,,EIRE"
    bad = "1,A,x,one,2011-02-01 10:00:00,2.00,,EIRE"
    done = import_orders(lines(good, bad, bad))
    ref = ref_of(done.pk, "import").encode()
    file = done.rejected_document.path.read_bytes().replace(b",one,", b",1,")
    assert file.count(b"@" + ref) == 2
    result = import_orders(file.replace(ref, str(done.pk).encode())).result
    assert (result["inserted"], result["already_known"]) == (1, 1)


def test_mended_rows_that_are_still_wrong_come_back(import_orders):
    bad = "1,A,x,one,2011-02-01 10:00:00,2.00,,EIRE"
    first = import_orders(lines(bad))
    again = import_orders(first.rejected_document.path.read_bytes())
    assert again.result["rejected"] == {"not_a_number:quantity": 1}
    header = again.rejected_document.path.read_bytes().splitlines()[0]
    assert header.count(b"import_reason") == header.count(b"import_row") == 1


def test_formulas_in_rejected_rows_are_escaped_and_come_back_as_they_were(import_orders):
    done = import_orders(lines("1,A,=1+1,one,2011-02-01 10:00:00,2.00,,EIRE"))
    file = done.rejected_document.path.read_bytes()
    assert b",'=1+1," in file
    import_orders(file.replace(b",one,", b",1,"))
    assert OrderLine.objects.get().description == "=1+1"
