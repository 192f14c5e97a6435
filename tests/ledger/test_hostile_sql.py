"""The database itself refuses crooked books: raw SQL as the role of the web and the workers."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from ledger.models import Period
from tenants.models import Tenant
from tests import databases
from tests.ledger.making import account, billed, deposited, everything, overview

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = """
with v as (insert into ledger_voucher
  (tenant_id, effective_on, source_type, source_id, event, memo, legs)
  values (%(own)s, {day}, 'hostile', 1, 'try', '', {legs}) returning id)
"""
ENTRIES = (
    HEAD
    + """insert into ledger_entry
  (tenant_id, voucher_id, leg, account_id, currency, side, amount, number, balance)
select {tenant}, v.id, x.leg, x.account, x.currency, x.side, x.amount, 0, 0 from v, (values {rows})
  x (leg, account, currency, side, amount)"""
)
OWED, EARNED = "(1, %(owed)s, 'CNY', 'D', {0})", "(2, %(earned)s, 'CNY', 'C', {0})"


def posting(rows="", *, legs=2, day="current_date", tenant="%(own)s", amount="10"):
    rows = rows or f"{OWED}, {EARNED}"
    made = ENTRIES.replace("{rows}", rows.replace("{0}", amount))
    return made.replace("{legs}", str(legs)).replace("{day}", day).replace("{tenant}", tenant)


# Name, statement, and the word of the refusal.
HOSTILE = {
    "unbalanced": (
        posting("(1, %(owed)s, 'CNY', 'D', 10), (2, %(earned)s, 'CNY', 'C', 9.99)"),
        "voucher_zero_sum",
    ),
    "one leg": (posting("(1, %(owed)s, 'CNY', 'D', 10)"), "voucher_whole"),
    "wrong currency": (
        posting("(1, %(owed)s, 'USD', 'D', 10), (2, %(earned)s, 'USD', 'C', 10)"),
        "entry_as_account",
    ),
    "edit": ("update ledger_entry set amount = amount + 1", "permission denied"),
    "delete": ("delete from ledger_voucher", "permission denied"),
    "closed period": (posting(day="date '2020-01-31'"), "voucher_in_open_period"),
    "other tenant": (posting(tenant="%(other)s"), "row-level security"),
    "zero": (posting(amount="0"), "entry_above_zero"),
    "float": (posting(amount="(100::float8 / 3)::numeric"), "entry_whole_units"),
    "huge": (posting(amount="1e17"), "numeric field overflow"),
    "orphan": (
        """insert into ledger_entry
          (tenant_id, voucher_id, leg, account_id, currency, side, amount, number, balance)
          values (%(own)s, 999999, 1, %(owed)s, 'CNY', 'D', 10, 0, 0)""",
        "fk_ledger_voucher",
    ),
    "below floor": (
        posting("(1, %(deposit)s, 'CNY', 'D', 100.01), (2, %(bank)s, 'CNY', 'C', 100.01)"),
        "account_floor",
    ),
    # Twelve were asked for; these are what somebody tries next.
    "a neighbour's account": (
        posting("(1, %(theirs)s, 'CNY', 'D', 10), (2, %(earned)s, 'CNY', 'C', 10)"),
        "entry_as_account",
    ),
    "one more entry later": (
        """insert into ledger_entry
          (tenant_id, voucher_id, leg, account_id, currency, side, amount, number, balance)
          values (%(own)s, %(voucher)s, 3, %(owed)s, 'CNY', 'D', 10, 0, 0)""",
        "voucher_whole",
    ),
    "a voucher without entries": (
        """insert into ledger_voucher
          (tenant_id, effective_on, source_type, source_id, event, memo, legs)
          values (%(own)s, current_date, 'hostile', 1, 'try', '', 2)""",
        "voucher_whole",
    ),
    "the sum of an account": (
        "update ledger_account set debits = debits + 1, credits = credits + 1",
        "account_keeps_facts",
    ),
    "a reversal of half": (
        posting(amount="50")
        .replace("memo, legs)", "memo, legs, reverses_id)")
        .replace("'', 2)", "'', 2, %(voucher)s)"),
        "voucher_mirrors",
    ),
    "opening a period": ("update ledger_period set state = 'open'", "permission denied"),
    "emptying": ("truncate ledger_entry", "permission denied"),
}


@pytest.fixture
def books(enterprise: Tenant, neighbour: Tenant):
    voucher = billed(enterprise)
    deposited(enterprise)
    billed(neighbour)
    with overview():
        Period.objects.create(
            starts_on="2020-01-01", ends_on="2020-01-31", state="closed",
            closed_at="2020-02-01T00:00Z", vouchers=0,
        )  # fmt: skip
    return {
        "own": enterprise.pk,
        "other": neighbour.pk,
        "owed": account(enterprise).pk,
        "earned": account(enterprise, "revenue:rent").pk,
        "deposit": account(enterprise, "deposit").pk,
        "bank": account(enterprise, "bank:icbc").pk,
        "theirs": account(neighbour).pk,
        "voucher": voucher.pk,
    }


def attempt(statement, books, tenant_id):
    """What the refusal says, '' when it was done and committed."""
    with closing(databases.connect(connection.settings_dict["NAME"])) as hands:
        hands.autocommit = False
        try:
            with hands.cursor() as cursor:
                cursor.execute("select set_config('app.tenant', %s, true)", [str(tenant_id)])
                cursor.execute(statement, books)
            hands.commit()
        except psycopg2.Error as error:
            return f"{error.diag.constraint_name or ''} {error}"
    return ""


def test_an_honest_statement_is_let_through(books, enterprise):
    """The control: the statements are refused for what is crooked in them."""
    assert attempt(posting(), books, enterprise.pk) == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sql_is_refused(name, books, enterprise):
    statement, word = HOSTILE[name]
    before = everything()
    assert word in attempt(statement, books, enterprise.pk)
    assert everything() == before


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_entry set amount = amount + 1",
        "delete from ledger_entry",
        "truncate ledger_entry cascade",
        "update ledger_voucher set memo = 'x'",
        "delete from ledger_voucher",
        "truncate ledger_voucher cascade",
        "update ledger_account set held = 1",
    ],
)
def test_the_owner_of_the_tables_is_refused_too(statement, books):
    database = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(database)) as owner, owner.cursor() as cursor:
        before = everything()
        with pytest.raises(psycopg2.IntegrityError):
            cursor.execute(statement)
        assert everything() == before
