"""What a booking costs its organisation once it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import ChargeKind
from billing.operations.charging import charge, worked_out
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
        rate_card=f"{own.space.type.code} {timezone.localdate(own.created_at)}",
        **_figures(own, amount),
        currency=CURRENCY,
        due_on=start.date() + DUE_WITHIN,
    )


def _figures(own: Booking, amount: Decimal) -> dict[str, Any]:
    """Hours by the price of one, of what was used beyond the allowance. A fee is a part of the
    price; and where things that go with the space have no allowance, hours differ."""
    minutes = own.minutes - own.allowance_minutes
    if own.state != BookingState.COMPLETED or minutes <= 0:
        return {"amount": amount}
    hours = Decimal(minutes) / 60
    return worked_out(amount, CURRENCY, quantity=hours, unit="h", unit_price=amount / hours)
