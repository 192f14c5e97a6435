"""What stands between an organisation and the park: owed, paid ahead, held, on its way back.

Sums by currency; amounts of two currencies are never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from billing.entries import DEPOSIT
from billing.models import Payment, PaymentOutcome, Refund, RefundState
from billing.models.payments import UNDER_WAY
from ledger.models import Account
from tenants.models import Tenant

Sums = list[tuple[str, Decimal]]
OPEN = F("total") - F("paid") - F("credited") - F("written_off")
LEFT = F("amount") - F("applied") - F("refunded")
ZERO = Decimal(0)


def sums(rows: QuerySet[Any], what: Any) -> Sums:
    """``(currency, sum)`` in order of currencies."""
    return list(rows.order_by("currency").values_list("currency").annotate(sum=Sum(what)))


def with_credit(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Those of which something is left."""
    whole = F("applied") + F("refunded")
    return payments.filter(state=PaymentOutcome.SUCCEEDED, amount__gt=whole)


def deposits_held(tenant: Tenant | int) -> Sums:
    """What the park holds of an organisation as its deposit, by the books."""
    rows = Account.objects.filter(tenant=tenant, code=DEPOSIT).order_by("currency")
    return [(row.currency, row.balance) for row in rows if row.balance > 0]


def refunds_under_way(tenant: Tenant) -> QuerySet[Refund]:
    """Asked for or approved, and not paid."""
    states = [RefundState.REQUESTED, RefundState.APPROVED]
    return Refund.objects.filter(tenant=tenant, state__in=states)


def tries_under_way(tenant: Tenant) -> QuerySet[Payment]:
    """Payments of which nobody knows yet whether they come in."""
    return Payment.objects.filter(tenant=tenant, state__in=UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Balance:
    """Of one currency."""

    currency: str
    open: Decimal = ZERO
    overdue: Decimal = ZERO
    credit: Decimal = ZERO


def balances(bills: Any, payments: Any, on: date) -> list[Balance]:
    """Open, overdue on that day, and left of what was paid, by currency."""
    late = Q(due_on__lt=on)
    rows = bills.open().order_by("currency").values("currency")
    owed = {
        row["currency"]: row
        for row in rows.annotate(open=Sum(OPEN), overdue=Sum(OPEN, filter=late))
    }
    left = dict(sums(with_credit(payments), LEFT))
    return [
        Balance(
            currency,
            owed.get(currency, {}).get("open") or ZERO,
            owed.get(currency, {}).get("overdue") or ZERO,
            left.get(currency, ZERO),
        )
        for currency in sorted({*owed, *left})
    ]
