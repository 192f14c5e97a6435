"""The button at an open bill."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, InvoiceState
from billing.ways_to_pay import PayWay, register_way
from foundation.actors import Actor
from foundation.home import Destination
from payments.models import OnlinePayment
from payments.permissions import permissions
from payments.providers import providers

PAY = _("Pay online")
UNDER_WAY = _("See the payment under way")


def register() -> None:
    register_way("online", online)


def online(actor: Actor, invoice: Invoice) -> PayWay | None:
    """Where a payment begins, or the one that is under way."""
    if not permissions.permits(actor, "pay_online") or invoice.state != InvoiceState.ISSUED:
        return None
    if found := under_way(actor, invoice):
        return PayWay(UNDER_WAY, Destination("payments:payment", {"pk": found.pk}))
    return PayWay(PAY, Destination("payments:begin", {"pk": invoice.pk})) if providers() else None


def under_way(actor: Actor, invoice: Invoice) -> OnlinePayment | None:
    """The try of this bill that has no outcome yet; there is one at most."""
    found: OnlinePayment | None = (
        OnlinePayment.objects.visible_to(actor).under_way().filter(invoice=invoice).first()
    )
    return found
