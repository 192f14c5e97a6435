"""What a booking costs, in CNY, and what of it the organisation's allowance covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from foundation.money import quantize
from offices.models import Allowance, Booking, BookingRule, BookingState
from offices.models.bookings import ANSWERABLE
from offices.models.rules import per_cent_of
from tenants.models import Tenant

CURRENCY = "CNY"
# People of one organisation who book at once do not get the same minutes twice.
LOCK = "select pg_advisory_xact_lock(hashtextextended('offices.allowance', %s))"
S = BookingState


@dataclass(frozen=True, slots=True)
class Quote:
    """``price`` in CNY is what is beyond ``allowance_minutes``."""

    price: Decimal
    allowance_minutes: int = 0


def quote(
    tenant: Tenant,
    found: Sequence[BookingRule],
    start: datetime,
    end: datetime,
    besides: Booking | None = None,
) -> Quote:
    """The price of a space (the first rule) and what goes with it (the others), rounded to the fen
    once, at the end. ``besides`` is a booking that gives its own minutes back.
    """
    minutes = int((end - start).total_seconds() // 60)
    own = allowance_on(tenant.pk, found[0].type_id, timezone.localdate(start))
    covered = min(minutes, minutes_left(own, start, besides)) if own else 0
    hour = found[0].hour_price if own is None or own.hour_price is None else own.hour_price
    beyond = (
        hour * (minutes - covered) + sum((r.hour_price for r in found[1:]), Decimal(0)) * minutes
    )
    return Quote(quantize(beyond / 60, CURRENCY), covered)


def allowance_on(tenant_id: int, type_id: int, day: date) -> Allowance | None:
    """The latest that holds on that day."""
    own = Allowance.objects.filter(tenant_id=tenant_id, type_id=type_id)
    return own.on(day).order_by("-starts_on").first()


def minutes_left(own: Allowance, at: datetime, besides: Booking | None = None) -> int:
    """What is left of the month of ``at``; bookings of everybody in the organisation count."""
    start, end = month_of(at)
    used = Booking.objects.filter(
        tenant_id=own.tenant_id, space__type=own.type_id, starts_at__gte=start, starts_at__lt=end
    ).exclude(state=S.WAITING)
    if besides is not None:
        used = used.exclude(pk=besides.pk)
    total = used.aggregate(total=Sum("allowance_minutes"))["total"] or 0
    return max(own.minutes - total, 0)


def lock_allowance(tenant_id: int) -> None:
    """Until the transaction ends nobody else of the organisation uses up its allowances."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """From midnight of the first day of a month to that of the next, where the park is."""
    first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following


def fee_at(booking: Booking, now: datetime) -> Decimal:
    """What it would cost to cancel at this moment."""
    return quantize(booking.price * part_at(booking, now) / 100, CURRENCY)


def part_at(booking: Booking, now: datetime) -> int:
    """What per cent of the booking a cancellation at this moment keeps; of what nobody has
    confirmed, none."""
    if booking.state in ANSWERABLE:
        return 0
    return per_cent_of(booking.ladder, (booking.starts_at - now).total_seconds() / 3600)


def kept_minutes(booking: Booking, part: int) -> int:
    """Of the allowance, when ``part`` per cent of a cancelled booking is kept; rounded up."""
    return -(-booking.allowance_minutes * part // 100)
