"""Charging a lease: the deposit once, the rent period by period as it comes due."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.models import Charge, ChargeKind, ChargeQuerySet, ChargeState
from billing.operations.charging import charge, worked_out
from leasing.models import Lease
from leasing.operations.rows import by_park
from leasing.schedule import DAY, Period, increases, schedule, total
from leasing.terms import schedule_of, terms_of

# So many days before it is due a period's rent stands among the charges.
AHEAD = timedelta(days=30)
ZERO = Decimal(0)
# On the line of its bill; a charge that is on none was not credited.
CREDITED = Coalesce(F("lines__credited"), Value(ZERO), output_field=DecimalField())


def charge_deposit(lease: Lease, now: datetime) -> None:
    """What is missing of it: a renewal or a change goes on with the deposit that was paid."""
    missing = lease.deposit - (deposit_held(lease.previous) if lease.previous else ZERO)
    if missing > 0:
        charge(
            actor=by_park(lease),
            now=now,
            debtor=lease.tenant,
            source=lease,
            kind=ChargeKind.DEPOSIT,
            period=lease.starts_on,
            what=lease.number,
            amount=missing,
            currency=lease.currency,
            due_on=max(lease.starts_on, lease.signed_on or lease.starts_on),
        )


def charge_due(lease: Lease, now: datetime, *, everything: bool = False) -> int:
    """Charge the periods that are due soon and were not charged yet, the first one always; with
    ``everything`` all of them up to the last day. Gives how many.

    A period that was charged stays as it was, whatever the last day is now.
    """
    horizon = timezone.localdate(now) + AHEAD
    known = set(rents(lease).values_list("period", flat=True))
    count = 0
    for index, each in enumerate(schedule_of(lease)):
        is_due = everything or index == 0 or each.due_on <= horizon
        if each.total > 0 and is_due and each.starts_on not in known:
            charge(
                actor=by_park(lease),
                now=now,
                debtor=lease.tenant,
                source=lease,
                kind=ChargeKind.RENT,
                period=each.starts_on,
                what=f"{lease.number} · {', '.join(row.unit.label for row in each.rows)}"[:200],
                rate_card=_price_list(lease, each),
                **_figures(lease, each),
                currency=lease.currency,
                due_on=each.due_on,
            )
            count += 1
    return count


def _figures(lease: Lease, period: Period) -> dict[str, Any]:
    """Area by the price of a m² for the period, where all units are let through all of it."""
    units = [row.unit for row in period.rows]
    area = sum((unit.area for unit in units), ZERO)
    whole = all(u.starts_on <= period.starts_on and period.ends_on <= u.ends_on for u in units)
    if not (whole and area):
        return {"amount": period.total}
    price = period.total / area
    return worked_out(period.total, lease.currency, quantity=area, unit="m²", unit_price=price)


def _price_list(lease: Lease, period: Period) -> str:
    """The lease, and since when its price is what it is: from the first day, or an increase."""
    since = lease.starts_on
    for day in increases(terms_of(lease), period.starts_on + DAY):
        since = day
    return f"{lease.number} {since}"


def chain(lease: Lease | None) -> list[Lease]:
    """The lease and those it goes on from, newest first: one deposit, one account."""
    found = []
    while lease is not None:
        found.append(lease)
        lease = lease.previous
    return found


def charges_of(leases: list[Lease]) -> list[Charge]:
    rows = Charge.objects.filter(
        source_type=Lease._meta.label_lower, source_id__in=[each.pk for each in leases]
    )
    return list(rows.order_by("due_on", "pk"))


def rents(lease: Lease) -> ChargeQuerySet:
    return Charge.objects.of_source(lease).filter(kind=ChargeKind.RENT)


def rent_charged(lease: Lease) -> Decimal:
    """All rent that was asked for, less what was waived or credited."""
    asked = rents(lease).exclude(state=ChargeState.WAIVED)
    return asked.aggregate(sum=Sum(F("amount") - CREDITED))["sum"] or ZERO


def not_charged_yet(lease: Lease) -> Decimal:
    """Rent up to the last day of periods that are charged with the settlement."""
    known = set(rents(lease).values_list("period", flat=True))
    periods = schedule(terms_of(lease))
    return sum((each.total for each in periods if each.starts_on not in known), ZERO)


def unused_rent(lease: Lease, coming: Decimal = ZERO) -> Decimal:
    """What was charged, and ``coming`` that will be, beyond the rent up to the last day."""
    return max(rent_charged(lease) + coming - total(schedule(terms_of(lease))), ZERO)


def deposit_held(lease: Lease | None) -> Decimal:
    """What was paid of it, over the lease and those it goes on from; also where it was paid in
    part. What a credit note took back was not paid."""
    keys = [row.pk for row in charges_of(chain(lease)) if row.kind == ChargeKind.DEPOSIT]
    asked = Charge.objects.filter(pk__in=keys).exclude(state=ChargeState.WAIVED)
    return asked.aggregate(sum=Sum(F("settled") - CREDITED))["sum"] or ZERO
