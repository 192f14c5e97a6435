"""check_books finds whatever came past the rules, and says so in plain words."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from ledger.checking import all_checks
from ledger.models import Period
from ledger.operations import holds
from ledger.operations.posting import credit, debit, reverse
from tests import databases
from tests.ledger.making import NOW, TODAY, billed, deposited, inside, overview, source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(enterprise, neighbour):
    """A life of every kind: postings, a reversal, holds that are open and captured, a closed
    month."""
    voucher = billed(enterprise, effective_on=TODAY - timedelta(days=400))
    for tenant in (enterprise, neighbour):
        billed(tenant, "7.25")
        deposited(tenant, "100")
    known = {
        "now": NOW, "tenant": enterprise, "code": "deposit", "into": "revenue:damage",
        "currency": "CNY", "expires_at": NOW + timedelta(days=1), "event": "damages",
    }  # fmt: skip
    with inside(enterprise) as actor:
        reverse(actor=actor, now=NOW, voucher=voucher, effective_on=TODAY)
        holds.hold(actor=actor, source=source(), amount=Decimal(10), **known)
        taken = holds.hold(actor=actor, source=source(), amount=Decimal(20), **known)
        holds.capture(actor=actor, now=NOW, hold=taken, effective_on=TODAY)
    with overview():
        day = TODAY - timedelta(days=400)
        Period.objects.create(
            starts_on=day.replace(day=1), ends_on=day, state="closed", closed_at=NOW, vouchers=0
        )
    return enterprise


def checked():
    out, err = StringIO(), StringIO()
    try:
        call_command("check_books", stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue()
    return 0, out.getvalue()


def tampered(*statements):
    """As the owner of the tables, with every trigger and rule in the way taken off."""
    tables = ("account", "voucher", "entry", "hold", "period")
    with (
        closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner,
        owner.cursor() as cursor,
    ):
        for table in tables:
            cursor.execute(f"alter table ledger_{table} disable trigger user")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            for table in tables:
                cursor.execute(f"alter table ledger_{table} enable trigger user")


def test_right_books_pass(books):
    assert checked() == (0, f"The books are right: {len(all_checks())} checks, no drift.\n")


def test_empty_books_pass(db):
    assert checked()[0] == 0


def some(what, where="true"):
    return f"(select min(id) from ledger_{what} where {where})"


OPEN = "id = (select min(id) from ledger_account where held > 0)"
DRIFTS = {
    "an amount was changed": (
        f"update ledger_entry set amount = amount + 1 where id = {some('entry')}",
        "debits and credits in CNY differ by 1.",
    ),
    "an entry is gone": (
        f"delete from ledger_entry where id = {some('entry', 'leg = 2')}",
        "says it has 2 entries and has 1.",
    ),
    "a balance was written over": (
        f"update ledger_account set debits = debits + 5 where id = {some('account')}",
        "haihe receivable CNY stores debits 112.25 and credits 100; its entries sum to 107.25",
    ),
    "a line shows another balance": (
        f"update ledger_entry set balance = 3 where id = {some('entry')}",
        "line 1 shows the balance 3; it is line 1 with the balance 100.",
    ),
    "a count is wrong": (
        f"update ledger_account set entries_count = 9 where id = {some('account')}",
        "haihe receivable CNY counts 9 entries and has 3.",
    ),
    "half a fen": (
        "update ledger_entry set amount = 7.255 where amount = 7.25",
        "has the amount 7.255, which its account",
    ),
    "more is held than there are holds": (
        f"update ledger_account set held = held + 1 where {OPEN}",
        "haihe deposit CNY stores 11 as held; its open holds sum to 10.",
    ),
    "a hold was captured with another amount": (
        "update ledger_hold set captured = 19 where state = 'captured'",
        "was captured with 19, and its voucher says otherwise.",
    ),
    "a reversal of something else": (
        """update ledger_voucher set reverses_id = (select max(id) from ledger_voucher
        where reverses_id is null and tenant_id = (select min(tenant_id) from ledger_voucher))
        where reverses_id is not null""",
        "is no mirror of voucher",
    ),
    "a voucher was slipped into a closed month": (
        """update ledger_voucher set effective_on = (select min(ends_on) from ledger_period)
        where id = (select max(id) from ledger_voucher)""",
        "was closed with 1 vouchers and has 2.",
    ),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_a_drift_is_named(name, books):
    statement, words = DRIFTS[name]
    tampered(statement)
    code, said = checked()
    assert code == 1
    assert words in said


def test_below_the_floor_is_named(books):
    """The constraint has to be off for it to come about."""
    definition = _dropped("account_floor")
    try:
        tampered("update ledger_account set floor = 1000 where code = 'deposit' and held > 0")
        code, said = checked()
    finally:
        tampered("update ledger_account set floor = 0 where code = 'deposit'")
        tampered(f"alter table ledger_account add constraint account_floor {definition}")
    assert code == 1
    assert "with 10 held, is below its floor 1000." in said


def _dropped(name):
    with (
        closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner,
        owner.cursor() as cursor,
    ):
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [name]
        )
        definition = cursor.fetchone()[0]
        cursor.execute(f"alter table ledger_account drop constraint {name}")
    return definition


def test_what_left_one_book_has_to_arrive_in_another(enterprise, park):
    sum_ = Decimal(50)
    came = [debit("bank:icbc", sum_, "CNY"), credit("unidentified", sum_, "CNY")]
    billed(park, legs=came)
    billed(park, legs=[debit("unidentified", sum_, "CNY"), credit("between", sum_, "CNY")])
    code, said = checked()
    assert (code, said) == (
        1,
        "In CNY, -50 has left one organisation's books and not arrived in another's.\n",
    )
    billed(enterprise, legs=[debit("between", sum_, "CNY"), credit("unapplied", sum_, "CNY")])
    assert checked()[0] == 0
