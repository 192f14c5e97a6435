"""Rows to change, locked in the order that all of billing keeps: bills, then payments, each by
key; then series of numbers; then the accounts of the books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from billing.entries import DEPOSIT, DEPOSIT_DUE, RECEIVABLE, UNAPPLIED
from billing.models import Invoice, InvoiceState, Payment
from foundation.actors import Actor
from foundation.errors import WrongState
from ledger.models import Account
from ledger.operations.accounts import locked


def lock_invoices(tenant_id: int, keys: Iterable[int]) -> dict[int, Invoice]:
    rows = Invoice.objects.filter(tenant_id=tenant_id, pk__in=set(keys)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",))}


def lock_invoice(actor: Actor, invoice: Invoice, *states: str) -> Invoice:
    """Raises Invoice.DoesNotExist for what the actor does not see, WrongState."""
    visible: Any = Invoice.objects.visible_to(actor).select_for_update(of=("self",))
    own: Invoice = visible.select_related("tenant").get(pk=invoice.pk)
    if own.state not in (states or (InvoiceState.ISSUED,)):
        raise WrongState
    return own


def lock_payment(tenant_id: int, key: int) -> Payment:
    """Raises Payment.DoesNotExist for one of another organisation."""
    try:
        return lock_payments(tenant_id, [key])[key]
    except KeyError:
        raise Payment.DoesNotExist from None


def lock_payments(tenant_id: int, keys: Iterable[int]) -> dict[int, Payment]:
    rows = Payment.objects.filter(tenant_id=tenant_id, pk__in=set(keys)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",))}


def lock_books(
    tenant_id: int, currency: str, codes: Iterable[str] = (), *, deposits: bool = False
) -> None:
    """The accounts through which money goes, and ``codes``, before several vouchers are posted in
    one transaction: taken one after the other, two who pay at once would wait for each other."""
    wanted = money_accounts(tenant_id, currency) | set(codes)
    if deposits:
        wanted |= {DEPOSIT_DUE, DEPOSIT}
    locked(tenant_id, [(code, currency) for code in wanted])


def money_accounts(tenant_id: int, currency: str) -> set[str]:
    """Their codes; those of deposits where the organisation has them."""
    own = Account.objects.filter(tenant_id=tenant_id, currency=currency)
    deposits = own.filter(code__in=[DEPOSIT, DEPOSIT_DUE]).values_list("code", flat=True)
    return {RECEIVABLE, UNAPPLIED, *deposits}
