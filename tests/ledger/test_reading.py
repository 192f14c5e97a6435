"""Statements with a running balance, and the trial balance; and what a page of them costs."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.checking import drifts
from ledger.operations.posting import reverse as undo
from ledger.queries import balance_on, statement, totals, trial_balance
from tests.ledger.filled import fill
from tests.ledger.making import NOW, TODAY, account, billed, deposited, inside, overview
from tests.proof import FULL
from tests.spaces.making import office

LINES = 1_000_000 if FULL else 20_000
FEW, ROUNDS, SERIES = 1_000, 9, 3
QUERIES_AT_MOST, TIMES_AT_MOST = 12, 1.3


@pytest.mark.django_db
def test_a_statement_goes_on_where_it_stopped(enterprise):
    for _each in range(7):
        billed(enterprise, "10")
    own = account(enterprise)
    with inside(enterprise):
        first = statement(own, rows=3)
        second = statement(own, before=first.older, rows=3)
        last = statement(own, before=second.older, rows=3)
        back = statement(own, after=last.newer, rows=3)
    lines = [[row.number for row in page.rows] for page in (first, second, last, back)]
    assert lines == [[7, 6, 5], [4, 3, 2], [1], [4, 3, 2]]
    assert [row.balance for row in first.rows] == [70, 60, 50]
    assert (first.newer, last.older, last.newer) == (None, None, 1)


@pytest.mark.django_db
def test_an_account_without_entries_has_an_empty_statement(enterprise):
    billed(enterprise)
    own = account(enterprise)
    with inside(enterprise):
        assert statement(own, before=1).rows == []


@pytest.mark.django_db
def test_the_trial_balance_is_of_all_books_and_of_any_day(enterprise, neighbour, staff):
    yesterday = TODAY - timedelta(days=1)
    voucher = billed(enterprise, "10", effective_on=yesterday)
    billed(neighbour, "20")
    deposited(neighbour, "5.50")
    with inside(enterprise) as actor:
        undo(actor=actor, now=NOW, voucher=voucher, effective_on=TODAY)
    with office(staff) as actor:
        now = {line.code: line.debits - line.credits for line in trial_balance(actor)}
        then = trial_balance(actor, on=yesterday)
        theirs = trial_balance(actor, tenant_id=neighbour.pk)
    assert now == {
        "bank:icbc": Decimal("5.5"), "deposit": Decimal("-5.5"), "receivable": 20,
        "revenue:rent": -20,
    }  # fmt: skip
    assert {line.code: line.debit_balance for line in then} == {"receivable": 10, "revenue:rent": 0}
    assert totals(theirs) == {"CNY": (Decimal("25.5"), Decimal("25.5"))}
    own = account(enterprise)
    with inside(enterprise):
        assert (balance_on(own, yesterday), balance_on(own, TODAY)) == (Decimal(10), Decimal(0))


def page_of(row):
    return reverse("admin:ledger_account_statement", args=[row.pk])


def cost(client, row):
    """Queries and seconds of the newest page, of one in the middle and of the oldest."""
    middle = row.entries_count // 2
    with CaptureQueriesContext(connection) as captured:
        seconds = 0.0
        for query in ("", f"?before={middle}", "?before=60"):
            started = time.perf_counter()
            answer = client.get(page_of(row) + query)
            seconds += time.perf_counter() - started
            assert answer.status_code == 200
    ours = [q for q in captured if "ledger_" in q["sql"] or "set_config" in q["sql"]]
    return len(captured), len(ours), seconds


def times_as_long(client, long, short):
    """How many times as long the pages of one take, each in its best of some rounds in turn."""
    costs = [(cost(client, long)[2], cost(client, short)[2]) for _each in range(ROUNDS)]
    return min(c[0] for c in costs) / min(c[1] for c in costs)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_page_of_a_long_account_costs_what_a_page_of_a_short_one_does(
    enterprise, neighbour, staff, sign_in, record_property
):
    long, short = fill(enterprise, LINES), fill(neighbour, FEW)
    with overview():
        # What was written past the rules is what they would have written.
        assert FULL or list(drifts()) == []
    client = sign_in(staff)
    pages, _ours, _seconds = cost(client, long)
    # What else runs here can disturb one series for its whole length; a slow page is slow in each.
    series = [times_as_long(client, long, short)]
    while min(series) > TIMES_AT_MOST and len(series) < SERIES:
        series.append(times_as_long(client, long, short))
    times = min(series)
    record_property("lines", LINES)
    record_property("queries of a page", pages / 3)
    record_property("times", round(times, 3))
    assert pages / 3 <= QUERIES_AT_MOST
    assert times <= TIMES_AT_MOST
