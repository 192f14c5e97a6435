"""A bill is to be paid through a provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, Payment
from billing.operations import trying
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.operations import operation
from payments.permissions import permissions
from payments.providers import NoSuchProvider, provider_called

NOT_OFFERED = _("This way of paying is not offered any more.")


@operation
def start(
    *,
    actor: Actor,
    now: datetime,
    invoice: Invoice,
    provider: str,
    back_to: Callable[[Payment], str],
) -> str:
    """Where the payer goes to pay all that is open on the bill.

    ``back_to`` gives the address of a payment's page. Raises NotPermitted, WrongState when nothing
    is open, DomainError ``provider_not_offered``, ``payment_one_under_way`` while another try has
    no outcome.
    """
    permissions.require(actor, "pay_online")
    try:
        way = provider_called(provider)
    except NoSuchProvider as error:
        raise DomainError(NOT_OFFERED, code="provider_not_offered") from error
    payment = trying.begin(actor=actor, now=now, invoice=invoice, provider=provider)
    return way.begin(payment, back_to(payment))
