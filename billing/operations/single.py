"""One charge that is paid by itself: it gets a bill of its own if it has none."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from billing.entries import bank_of
from billing.models import Charge, ChargeState, Invoice, InvoiceState
from billing.operations import drafting, issuing, paying
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation

HAS_MORE = _("This stands on bill %(bill)s with other charges: record the payment there.")


def bill_of(actor: Actor, now: datetime, charge: Charge) -> Invoice:
    """The issued bill on which nothing is open but this charge.

    Raises WrongState for a charge that is closed, DomainError ``bill_has_more``.
    """
    bill = drafting.lock_bill_of(charge.pk)
    visible = Charge.objects.visible_to(actor).select_related("tenant")
    own = visible.select_for_update(of=("self",)).get(pk=charge.pk)
    if own.state != ChargeState.OPEN:
        raise WrongState
    if bill is None:
        return issuing.bill(actor, now, own.tenant, [own], into=[bank_of(None)])
    if bill.state != InvoiceState.ISSUED or bill.open_amount != own.open_amount:
        raise DomainError(HAS_MORE, code="bill_has_more", params={"bill": bill})
    return bill


@operation
def record_payment(
    *, actor: Actor, now: datetime, charge: Charge, paid_on: date, note: str
) -> Charge:
    """One charge was paid by itself: it is billed, unless it is on a bill, and the bill is paid.
    ``note`` says how: the bank's reference, a receipt's number.

    Raises NotPermitted, WrongState, what ``receive`` raises, and DomainError ``bill_has_more`` when
    its bill has other open charges: a payment is recorded at the bill then.
    """
    permissions.require(actor, "record_payment")
    bill = bill_of(actor, now, charge)
    paying.receive(
        actor=actor,
        now=now,
        tenant=bill.tenant,
        amount=bill.open_amount,
        currency=bill.currency,
        received_on=paid_on,
        reference=note,
        shares={bill.pk: bill.open_amount},
    )
    return Charge.objects.get(pk=charge.pk)
