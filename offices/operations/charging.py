"""What a booking costs its organisation once it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from billing.models import ChargeKind
from billing.operations.charging import charge
from foundation.actors import Actor
from offices.models import Booking, BookingState
from offices.prices import CURRENCY

# Days after the booking within which it is to be paid.
DUE_WITHIN = timedelta(days=14)


def charge_booking(actor: Actor, now: datetime, own: Booking) -> None:
    """The price of what took place, the fee of what did not; nothing where that is nothing.

    Raises what ``billing.operations.charging.charge`` raises.
    """
    amount = own.price if own.state == BookingState.COMPLETED else own.fee
    if not amount:
        return
    start = timezone.localtime(own.starts_at)
    charge(
        actor=actor,
        now=now,
        debtor=own.tenant,
        source=own,
        kind=ChargeKind.BOOKING,
        period=start.date(),
        what=f"{own.space.code} {start:%Y-%m-%d %H:%M}",
        amount=amount,
        currency=CURRENCY,
        due_on=start.date() + DUE_WITHIN,
    )
