"""An account with very many entries, written past the rules, as if years had gone by."""

from __future__ import annotations

from contextlib import closing

from django.db import connection

from ledger.models import Account
from tenants.models import Tenant
from tests import databases
from tests.ledger.making import account, billed

VOUCHERS = """
insert into ledger_voucher (tenant_id, effective_on, source_type, source_id, event, memo, legs)
select %(books)s, current_date - n %% 900, 'tests.filled', n, 'issued', 'Rent ' || n, 2
from generate_series(2, %(lines)s) n
"""
ENTRIES = """
insert into ledger_entry
  (tenant_id, voucher_id, leg, account_id, currency, side, amount, number, balance)
select %(books)s, v.id, x.leg, x.account, 'CNY', x.side, 1, v.source_id, 99 + v.source_id
from ledger_voucher v,
  (values (1, %(owed)s, 'D'), (2, %(earned)s, 'C')) x (leg, account, side)
where v.tenant_id = %(books)s and v.source_type = 'tests.filled'
"""
SUMS = """
update ledger_account set entries_count = %(lines)s, debits = 99 + %(lines)s where id = %(owed)s;
update ledger_account set entries_count = %(lines)s, credits = 99 + %(lines)s where id = %(earned)s
"""
TABLES = ("ledger_voucher", "ledger_entry", "ledger_account")


def fill(tenant: Tenant, lines: int) -> Account:
    """The receivable of ``tenant`` with so many lines: the first by posting, the rest by SQL."""
    billed(tenant, "100.00")
    own = account(tenant)
    values = {
        "books": tenant.pk, "lines": lines, "owed": own.pk,
        "earned": account(tenant, "revenue:rent").pk,
    }  # fmt: skip
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owning, owning.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        for statement in (VOUCHERS, ENTRIES, SUMS):
            cursor.execute(statement, values)
        for table in TABLES:
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("analyze ledger_voucher, ledger_entry, ledger_account")
    return account(tenant)
