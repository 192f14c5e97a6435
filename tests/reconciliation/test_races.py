"""Two who accept at once take no more than the line has; without the guards they do."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
from django.db import connection

from banking.models import StatementLine
from reconciliation.operations import rows
from reconciliation.operations.accepting import accept
from tests import databases
from tests.banking.making import NOW, office
from tests.reconciliation.making import booked, came, left, part
from tests.spaces.bursts import DONE, burst

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _account(own_account):
    return own_account


def take(staff, line, *parts):
    with office(staff) as actor:
        return accept(actor=actor, now=NOW, line=line, parts=parts)


def race(staff, enterprise, line):
    tries = [
        partial(take, staff, StatementLine(pk=line.pk), part(enterprise, "60.00"))
        for _each in range(8)
    ]
    return burst(tries)


def test_two_who_accept_at_once_take_no_more_than_the_line(staff, enterprise):
    (line,) = booked(staff, came("100.00"))
    assert race(staff, enterprise, line) == {DONE: 1, "tally_not_beyond": 7}
    assert left(line) == 40


def test_without_lock_and_constraint_they_do(staff, enterprise, monkeypatch):
    (line,) = booked(staff, came("100.00"))
    monkeypatch.setattr(rows, "require_left", lambda tally, amount: None)
    with_constraint = race(staff, enterprise, line)
    assert with_constraint == {DONE: 1, "tally_not_beyond": 7}
    (other,) = booked(staff, came("100.00"))
    with (
        closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner,
        owner.cursor() as cursor,
    ):
        cursor.execute("alter table reconciliation_tally drop constraint tally_not_beyond")
        try:
            assert race(staff, enterprise, other) == {DONE: 8}
            assert left(other) == 100 - 8 * 60
        finally:
            # Undone, they are no hindrance to the constraint.
            cursor.execute("update reconciliation_match set undone_at = now(), undone_why = 'test'")
            cursor.execute(
                "alter table reconciliation_tally add constraint tally_not_beyond "
                "check (matched >= 0 and matched <= amount)"
            )
