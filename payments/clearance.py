"""What payments under way mean for an organisation that leaves: nobody knows what it still owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, ExitStep, register_clearance, register_exit_step
from foundation.home import Destination
from payments.models import OnlinePayment
from tenants.models import Tenant

UNDER_WAY = _("The outcome of a payment of bill %(bill)s is not known yet")


def register() -> None:
    register_clearance("payments", lambda tenant, now: _open(tenant, blocking=False))
    label = _("Payments without an outcome")
    register_exit_step(ExitStep("settlement", "payments", label, what_is_open))


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    return _open(tenant, blocking=True)


def _open(tenant: Tenant, *, blocking: bool) -> Iterator[ClearanceItem]:
    rows = OnlinePayment.objects.filter(tenant=tenant).under_way().select_related("invoice")
    for row in rows:
        yield ClearanceItem(
            "payment_under_way",
            UNDER_WAY,
            {"bill": row.invoice},
            blocking=blocking,
            key=str(row.pk),
            to=Destination("payments:payment", {"pk": row.pk}),
            staff_to=rows_of(tenant),
        )


def rows_of(tenant: Tenant, state: str = "") -> Destination:
    query = {"q": tenant.slug} | ({"state__exact": state} if state else {})
    return Destination("admin:payments_onlinepayment_changelist", query=query)
