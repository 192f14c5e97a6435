"""What open charges mean for an organisation that leaves the park.

They are told of from the beginning and have to be closed at the settlement, not before: the
inspection that comes in between may add damages, and sets off what a deposit covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, ExitStep, register_clearance, register_exit_step
from billing.models import Charge
from billing.queries import as_text, totals
from foundation.home import Destination
from tenants.models import Tenant

OWED = _("Open charges: %(count)s, %(total)s")


def register() -> None:
    register_clearance("billing", lambda tenant, now: _owed(tenant, blocking=False))
    register_exit_step(ExitStep("settlement", "debts", _("Open charges"), what_is_owed))


def what_is_owed(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    return _owed(tenant, blocking=True)


def _owed(tenant: Tenant, *, blocking: bool) -> Iterator[ClearanceItem]:
    rows = Charge.objects.filter(tenant=tenant).open()
    if count := rows.count():
        yield ClearanceItem(
            "charges_open",
            OWED,
            {"count": count, "total": as_text(totals(rows))},
            blocking=blocking,
            to=Destination("billing:charges"),
            staff_to=rows_of(tenant),
        )


def rows_of(tenant: Tenant) -> Destination:
    query = {"q": tenant.slug, "state__exact": "open"}
    return Destination("admin:billing_charge_changelist", query=query)
