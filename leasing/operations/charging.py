"""Charging a lease: the deposit once, the rent period by period as it comes due."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from billing.models import Charge, ChargeKind, ChargeQuerySet, ChargeState
from billing.operations.charging import charge
from leasing.models import Lease
from leasing.operations.rows import by_park
from leasing.terms import schedule_of

# So many days before it is due a period's rent stands among the charges.
AHEAD = timedelta(days=30)
ZERO = Decimal(0)


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
                amount=each.total,
                currency=lease.currency,
                due_on=each.due_on,
            )
            count += 1
    return count


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
    """All rent that was asked for and not waived."""
    asked = rents(lease).exclude(state=ChargeState.WAIVED)
    return asked.aggregate(sum=Sum("amount"))["sum"] or ZERO


def deposit_held(lease: Lease | None) -> Decimal:
    """What was paid of it, over the lease and those it goes on from."""
    rows = charges_of(chain(lease))
    paid = [c for c in rows if c.kind == ChargeKind.DEPOSIT and c.state == ChargeState.SETTLED]
    return sum((each.amount for each in paid), ZERO)
