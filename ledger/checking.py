"""Everything the books claim, recomputed from the entries alone.

Each check is one query over all books and gives a sentence for each drift. Constraints and
triggers keep these things true; this is for whatever came past them: a restored dump, a hand in
the database, a fault in a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """``query`` gives one row for each drift; its columns fill ``sentence``."""

    name: str
    query: str
    sentence: str


CHECKS = [
    Check(
        "every voucher sums to zero in each currency",
        """
        select t.slug, v.id, e.currency, sum(case e.side when 'D' then e.amount else -e.amount end)
        from ledger_entry e join ledger_voucher v on v.id = e.voucher_id
        join tenants_tenant t on t.id = v.tenant_id
        group by t.slug, v.id, e.currency
        having sum(case e.side when 'D' then e.amount else -e.amount end) <> 0
        """,
        "Voucher %s/%s: debits and credits in %s differ by %s.",
    ),
    Check(
        "every voucher has its entries",
        """
        select t.slug, v.id, v.legs, count(e.id)
        from ledger_voucher v join tenants_tenant t on t.id = v.tenant_id
        left join ledger_entry e on e.voucher_id = v.id and e.tenant_id = v.tenant_id
        group by t.slug, v.id, v.legs having count(e.id) <> v.legs or v.legs < 2
        """,
        "Voucher %s/%s says it has %s entries and has %s.",
    ),
    Check(
        "every stored balance is the sum of its entries",
        """
        select t.slug || ' ' || a.code || ' ' || a.currency, a.debits, a.credits, coalesce(s.debits, 0), coalesce(s.credits, 0)
        from ledger_account a join tenants_tenant t on t.id = a.tenant_id
        left join (select account_id,
                          coalesce(sum(amount) filter (where side = 'D'), 0) debits,
                          coalesce(sum(amount) filter (where side = 'C'), 0) credits
                   from ledger_entry group by account_id) s on s.account_id = a.id
        where (a.debits, a.credits) is distinct from
              (coalesce(s.debits, 0), coalesce(s.credits, 0))
        """,
        "Account %s stores debits %s and credits %s; its entries sum to %s and %s.",
    ),
    Check(
        "lines are numbered in turn, each with the balance after it",
        """
        select t.slug || ' ' || a.code || ' ' || a.currency, e.number, e.balance, e.turn, e.sum
        from (select account_id, number, balance,
                     row_number() over turn as turn,
                     sum(case x.side when b.side then x.amount else -x.amount end) over turn as sum
              from ledger_entry x join ledger_account b on b.id = x.account_id
              window turn as (partition by account_id order by number)) e
        join ledger_account a on a.id = e.account_id join tenants_tenant t on t.id = a.tenant_id
        where e.number <> e.turn or e.balance <> e.sum
        """,
        "Account %s, line %s shows the balance %s; it is line %s with the balance %s.",
    ),
    Check(
        "every account counts its entries",
        """
        select t.slug || ' ' || a.code || ' ' || a.currency, a.entries_count, count(e.id)
        from ledger_account a join tenants_tenant t on t.id = a.tenant_id
        left join ledger_entry e on e.account_id = a.id
        group by 1, a.entries_count having count(e.id) <> a.entries_count
        """,
        "Account %s counts %s entries and has %s.",
    ),
    Check(
        "entries are in their account's books and currency",
        """
        select e.id, t.slug || ' ' || a.code || ' ' || a.currency from ledger_entry e
        join ledger_account a on a.id = e.account_id join tenants_tenant t on t.id = a.tenant_id
        join ledger_voucher v on v.id = e.voucher_id
        where e.currency <> a.currency or e.tenant_id <> a.tenant_id or v.tenant_id <> a.tenant_id
        """,
        "Entry %s is not of the books or the currency of its account %s.",
    ),
    Check(
        "amounts are whole in the minor unit",
        """
        select e.id, e.amount, t.slug || ' ' || a.code || ' ' || a.currency from ledger_entry e
        join ledger_account a on a.id = e.account_id join tenants_tenant t on t.id = a.tenant_id
        where e.amount <> round(e.amount, a.minor_units) or e.amount <= 0
        """,
        "Entry %s has the amount %s, which its account %s cannot have.",
    ),
    Check(
        "no account is below its floor",
        """
        select t.slug || ' ' || a.code || ' ' || a.currency, a.debits - a.credits, a.held, a.floor
        from ledger_account a join tenants_tenant t on t.id = a.tenant_id
        where case a.side when 'D' then a.debits - a.credits else a.credits - a.debits end - a.held
              < a.floor
        """,
        "Account %s, debits less credits %s with %s held, is below its floor %s.",
    ),
    Check(
        "what is held is the sum of the holds",
        """
        select t.slug || ' ' || a.code || ' ' || a.currency, a.held, coalesce(sum(h.amount), 0)
        from ledger_account a join tenants_tenant t on t.id = a.tenant_id
        left join ledger_hold h on h.account_id = a.id and h.state = 'held'
        group by 1, a.held having coalesce(sum(h.amount), 0) <> a.held
        """,
        "Account %s stores %s as held; its open holds sum to %s.",
    ),
    Check(
        "what was captured was posted",
        """
        select t.slug, h.id, h.captured from ledger_hold h
        join tenants_tenant t on t.id = h.tenant_id
        where h.state = 'captured' and (
          select count(*) from ledger_entry e
          where e.voucher_id = h.voucher_id and e.amount = h.captured
            and e.account_id in (h.account_id, h.into_id)) <> 2
        """,
        "Hold %s/%s was captured with %s, and its voucher says otherwise.",
    ),
    Check(
        "a reversal mirrors what it reverses, once",
        """
        select t.slug, v.id, v.reverses_id from ledger_voucher v
        join tenants_tenant t on t.id = v.tenant_id
        join ledger_voucher o on o.id = v.reverses_id
        where o.tenant_id <> v.tenant_id or o.reverses_id is not null
          or (select count(*) from ledger_voucher w where w.reverses_id = o.id) > 1
          or exists (
            select account_id, sum(case side when 'D' then amount else -amount end)
            from ledger_entry where voucher_id in (v.id, o.id)
            group by account_id having sum(case side when 'D' then amount else -amount end) <> 0)
        """,
        "Voucher %s/%s is no mirror of voucher %s, or not the only one.",
    ),
    Check(
        "closed periods are as they were closed",
        """
        select p.starts_on, p.ends_on, p.vouchers, count(v.id) from ledger_period p
        left join ledger_voucher v on v.effective_on between p.starts_on and p.ends_on
        where p.state = 'closed' group by p.id having count(v.id) <> p.vouchers
        """,
        "Period %s to %s was closed with %s vouchers and has %s.",
    ),
    Check(
        "between the books nothing is left",
        """
        select a.currency, sum(a.debits - a.credits) from ledger_account a
        where a.kind = 'between' group by a.currency having sum(a.debits - a.credits) <> 0
        """,
        "In %s, %s has left one organisation's books and not arrived in another's.",
    ),
    Check(
        "the park's books sum to zero",
        """
        select currency, sum(debits) - sum(credits) from ledger_account
        group by currency having sum(debits) <> sum(credits)
        """,
        "In %s the trial balance differs by %s.",
    ),
]


_registered: dict[str, list[Check]] = {}


def register_checks(app: str, checks: list[Check]) -> None:
    """What ``app`` keeps beside the books and can recompute from its own rows and the entries."""
    _registered[app] = checks


def all_checks() -> list[Check]:
    """The ledger's own, then each app's."""
    return CHECKS + [check for checks in _registered.values() for check in checks]


def drifts(checks: Iterable[Check] | None = None) -> Iterator[str]:
    """A sentence for each thing that is not as it should be, by all checks or these; inside
    ``as_system``."""
    with connection.cursor() as cursor:
        for check in all_checks() if checks is None else checks:
            cursor.execute(check.query)
            yield from told(check, cursor.fetchall())


def told(check: Check, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        yield check.sentence % tuple(_plain(value) for value in row)


def _plain(value: Any) -> str:
    """``12.5`` for ``12.5000``."""
    if not isinstance(value, Decimal):
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
