"""Open bills for the hand: by number, reference, organisation or amount."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from django.db.models import F, Q

from billing.models import Invoice
from foundation.actors import Actor
from reconciliation.texts import compact, narrow

MOST = 20
LARGEST = Decimal(10) ** 16


def open_bills(
    actor: Actor, *, currency: str, said: str = "", keys: Collection[int] = ()
) -> list[Invoice]:
    """Those of ``keys``, then what is found by ``said``, the first due first; in one currency."""
    rows = Invoice.objects.visible_to(actor).open().filter(currency=currency)
    rows = rows.select_related("tenant").order_by("due_on", "pk")
    kept = list(rows.filter(pk__in=keys)) if keys else []
    found = list(rows.exclude(pk__in=keys).filter(_like(said))[:MOST]) if said.strip() else []
    return kept + found


def _like(said: str) -> Q:
    plain = said.strip()
    look = Q(number__icontains=narrow(plain)) | Q(reference=compact(plain)[:25])
    look |= Q(tenant__name__icontains=plain) | Q(tenant__name_en__icontains=plain)
    look |= Q(tenant__slug__icontains=plain)
    if (amount := _amount(plain)) is not None:
        look |= Q(total=amount + F("paid") + F("credited") + F("written_off"))
    return look


def _amount(said: str) -> Decimal | None:
    try:
        amount = Decimal(narrow(said).replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < LARGEST else None
