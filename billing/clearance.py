"""What is open between the park and an organisation that leaves.

It is told of from the beginning and has to be closed at the settlement, not before: the inspection
that comes in between may add damages, and sets off what a deposit covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, ExitStep, register_clearance, register_exit_step
from billing.balances import (
    LEFT,
    OPEN,
    Sums,
    deposits_held,
    refunds_under_way,
    sums,
    tries_under_way,
    with_credit,
)
from billing.models import Charge, Invoice, Payment
from billing.queries import as_text, totals
from foundation.errors import Sentence
from foundation.home import Destination
from tenants.models import Tenant

CHARGES = _("Charges that are not billed: %(count)s, %(total)s")
BILLS = _("Open bills: %(count)s, %(total)s")
UNKNOWN = _("Payments whose outcome is not known yet: %(count)s, %(total)s")
CREDIT = _("Credit to be paid back: %(total)s")
HELD = _("Deposit to be set off or paid back: %(total)s")
REFUNDS = _("Refunds that are not paid yet: %(count)s, %(total)s")


def register() -> None:
    register_clearance("billing", lambda tenant, now: _open(tenant, blocking=False))
    register_exit_step(ExitStep("settlement", "debts", _("Money between both"), what_is_open))


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    return _open(tenant, blocking=True)


def _open(tenant: Tenant, *, blocking: bool) -> Iterator[ClearanceItem]:
    """Owed by the organisation first, then what the park owes it."""
    for code, sentence, find, view, model, query in ITEMS:
        count, total = find(tenant)
        if total:
            yield ClearanceItem(
                code,
                sentence,
                {"count": count, "total": as_text(total)},
                blocking=blocking,
                to=Destination(f"billing:{view}"),
                staff_to=rows_of(tenant, model, **query),
            )


def _charges(tenant: Tenant) -> tuple[int, Sums]:
    """On no bill that was issued; what is on a draft may not be issued any more."""
    open_ = Charge.objects.filter(tenant=tenant).open()
    rows = open_.exclude(lines__invoice__state="issued")
    return rows.count(), totals(rows)


def _bills(tenant: Tenant) -> tuple[int, Sums]:
    rows = Invoice.objects.filter(tenant=tenant).open()
    return rows.count(), sums(rows, OPEN)


def _unknown(tenant: Tenant) -> tuple[int, Sums]:
    rows = tries_under_way(tenant)
    return rows.count(), sums(rows, F("amount"))


def _credit(tenant: Tenant) -> tuple[int, Sums]:
    rows = with_credit(Payment.objects.filter(tenant=tenant))
    return rows.count(), sums(rows, LEFT)


def _held(tenant: Tenant) -> tuple[int, Sums]:
    found = deposits_held(tenant)
    return len(found), found


def _refunds(tenant: Tenant) -> tuple[int, Sums]:
    rows = refunds_under_way(tenant)
    return rows.count(), sums(rows, F("amount"))


# Code, sentence, what is open, where the organisation sees its rows, and where the staff do.
Find = Callable[[Tenant], tuple[int, Sums]]
ITEMS: list[tuple[str, Sentence, Find, str, str, dict[str, str]]] = [
    ("charges_open", CHARGES, _charges, "charges", "charge", {"state__exact": "open"}),
    ("bills_open", BILLS, _bills, "bills", "invoice", {}),
    ("payments_unknown", UNKNOWN, _unknown, "payments", "payment", {}),
    ("credit_left", CREDIT, _credit, "payments", "payment", {}),
    ("deposit_held", HELD, _held, "payments", "payment", {}),
    ("refunds_open", REFUNDS, _refunds, "payments", "refund", {}),
]


def rows_of(tenant: Tenant, model: str, **query: Any) -> Destination:
    """The staff site's list of that organisation's rows."""
    found = {"q": tenant.slug, **query}
    return Destination(f"admin:billing_{model}_changelist", query=found)
