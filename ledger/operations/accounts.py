"""Opening accounts, and freezing and closing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from foundation.actors import Actor
from foundation.currencies import minor_units, validate
from foundation.operations import operation
from ledger.chart import kind_of
from ledger.models import Account, AccountState
from ledger.permissions import permissions
from tenants.models import Tenant

Key = tuple[str, str]
# With the organisation whose books they are.
BookKey = tuple[int, str, str]

# In the order of keys, as everybody takes them: of two who post at once one waits, and no two wait
# for each other. Nothing is locked while one of them is not there: who opens it may wait for
# somebody who opens it too, and must not keep others waiting meanwhile.
LOCKED = """
select id, code, currency, held from ledger_account
where tenant_id = %(books)s and (code, currency) in %(keys)s
  and (select count(*) from ledger_account
       where tenant_id = %(books)s and (code, currency) in %(keys)s) = %(count)s
order by id for update
"""
# The same over several books, in the order of their organisations.
LOCKED_IN_BOOKS = """
with wanted as (
  select a.id from ledger_account a
  join unnest(%(books)s::bigint[], %(codes)s::text[], %(currencies)s::text[])
    as w (books, code, currency)
    on a.tenant_id = w.books and a.code = w.code and a.currency = w.currency
)
select tenant_id, id, code, currency, held from ledger_account
where id in (select id from wanted) and (select count(*) from wanted) = %(count)s
order by tenant_id, id for update
"""


def locked(tenant_id: int, wanted: Iterable[Key]) -> dict[Key, Account]:
    """The accounts by code and currency, opened where there are none, locked until the
    transaction ends.

    Who posts several vouchers in one transaction calls this first with all of their accounts, or
    two of its kind could wait for each other; books of several organisations by their key.

    Raises InvalidInput for an unknown kind or currency, DomainError ``account_code_form``.
    """
    keys = tuple(sorted(set(wanted)))
    found = _locked(tenant_id, keys)
    if not found:
        _open(tenant_id, keys)
        found = _locked(tenant_id, keys)
    return found


def locked_in_books(wanted: Iterable[BookKey]) -> dict[BookKey, Account]:
    """What ``locked`` gives, over the books of several organisations: by organisation, code and
    currency, locked in the order of organisations and then of accounts."""
    keys = sorted(set(wanted))
    found = _locked_in_books(keys)
    if not found:
        Account.objects.bulk_create([_new(*key) for key in keys], ignore_conflicts=True)
        found = _locked_in_books(keys)
    return found


def _locked_in_books(keys: Sequence[BookKey]) -> dict[BookKey, Account]:
    books, codes, currencies = zip(*keys, strict=True)
    values = {"books": list(books), "codes": list(codes), "currencies": list(currencies)}
    with connection.cursor() as cursor:
        cursor.execute(LOCKED_IN_BOOKS, values | {"count": len(keys)})
        return {
            (tenant_id, code, currency): Account(
                pk=pk, tenant_id=tenant_id, code=code, currency=currency, held=held
            )
            for tenant_id, pk, code, currency, held in cursor.fetchall()
        }


def _locked(tenant_id: int, keys: tuple[Key, ...]) -> dict[Key, Account]:
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, {"books": tenant_id, "keys": keys, "count": len(keys)})
        return {
            (code, currency): Account(
                pk=pk, tenant_id=tenant_id, code=code, currency=currency, held=held
            )
            for pk, code, currency, held in cursor.fetchall()
        }


def _open(tenant_id: int, keys: tuple[Key, ...]) -> None:
    """Whoever opens the same ones at once waits here for the other."""
    rows = [_new(tenant_id, code, currency) for code, currency in keys]
    Account.objects.bulk_create(rows, ignore_conflicts=True)


def _new(tenant_id: int, code: str, currency: str) -> Account:
    kind = kind_of(code)
    return Account(
        tenant_id=tenant_id,
        code=code,
        currency=validate(currency),
        minor_units=minor_units(currency),
        side=kind.side,
        floor=kind.floor,
    )


@operation
def open_account(
    *, actor: Actor, now: datetime, tenant: Tenant, code: str, currency: str
) -> Account:
    """The account of that code and currency in the books of ``tenant``, opened if need be.

    For apps above, after their own permissions; ``post`` opens what it needs by itself.
    Raises InvalidInput for an unknown kind, code or currency.
    """
    own = locked(tenant.pk, [(code, currency)])[code, currency]
    return Account.objects.get(pk=own.pk)


@operation
def freeze(*, actor: Actor, now: datetime, account: Account) -> Account:
    """Nothing is posted to it until it is thawed. Raises NotPermitted, WrongState."""
    return _moved(actor, account, AccountState.FROZEN)


@operation
def thaw(*, actor: Actor, now: datetime, account: Account) -> Account:
    """Raises NotPermitted, WrongState."""
    return _moved(actor, account, AccountState.OPEN)


@operation
def close(*, actor: Actor, now: datetime, account: Account) -> Account:
    """For good. Raises NotPermitted, WrongState, and DomainError ``account_closed_empty`` while it
    has a balance or holds."""
    return _moved(actor, account, AccountState.CLOSED)


def _moved(actor: Actor, account: Account, state: str) -> Account:
    permissions.require(actor, "freeze_accounts")
    own = Account.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=account.pk)
    own.move_to(state)
    own.save(update_fields=["state"])
    return own
