"""Late fees: charged when the last reminder is due, and from then on at the end of each month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from billing.dunning import counted_until, late_fee, terms_on
from billing.models import BillingTerms, Charge, ChargeKind, ChargeState, Invoice, InvoiceLine
from billing.operations.charging import charge
from foundation.actors import Actor
from foundation.money import quantize
from foundation.operations import operation
from tenants import standing

ZERO = Decimal(0)
# Rent is late by the terms of its lease, a deposit is no price, and nothing is late twice.
NOT_LATE_HERE = [ChargeKind.RENT, ChargeKind.DEPOSIT, ChargeKind.LATE]


@operation
def charge_late(*, actor: Actor, now: datetime) -> list[Charge]:
    """Charge the organisation what its overdue bills cost by now (the system); gives what is new.

    For each bill, by the terms of the day it was issued: of what is open on it without rent,
    deposits and late fees, the percentage for each day after it was due, up to the cap, in the bill's currency
    and rounded half up to its minor unit. The charge names the bill and the day it counts up to;
    what was charged for the bill before is taken off, also when it was waived. Raises HasLeft.
    """
    standing.require_present(actor.tenant_id)
    today = timezone.localdate(now)
    terms = list(BillingTerms.objects.all())
    bills = Invoice.objects.overdue(today).filter(tenant_id=actor.tenant_id)
    made = []
    for own in bills.select_related("tenant").select_for_update(of=("self",)).order_by("pk"):
        agreed = terms_on(own.issued_on or today, terms)
        until = counted_until(today, own.due_on, agreed)
        if until and (fee := _to_charge(own, until, agreed)):
            due_on = today + timedelta(days=agreed.due_days)
            made.append(_charge(actor, now, own, until, fee, due_on))
    return made


def _to_charge(own: Invoice, until: date, terms: BillingTerms) -> Decimal:
    """What is to be charged on that day; nothing where it was."""
    before = Charge.objects.of_source(own).filter(tenant_id=own.tenant_id, kind=ChargeKind.LATE)
    if before.filter(period=until).exists():
        return ZERO
    exact = late_fee(
        _open_part(own), own.due_on, until, percent=terms.late_percent, cap=terms.late_cap
    )
    fee = quantize(exact, own.currency)
    return max(fee - (before.aggregate(sum=Sum("amount"))["sum"] or ZERO), ZERO)


def _open_part(own: Invoice) -> Decimal:
    lines = InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own)
    rows = lines.filter(charge__state=ChargeState.OPEN).exclude(kind__in=NOT_LATE_HERE)
    return sum((line.charge.open_amount for line in rows.select_related("charge")), ZERO)


def _charge(
    actor: Actor, now: datetime, own: Invoice, until: date, fee: Decimal, due_on: date
) -> Charge:
    return charge(
        actor=actor, now=now, debtor=own.tenant, source=own, kind=ChargeKind.LATE, period=until,
        what=own.number, amount=fee, currency=own.currency, due_on=due_on,
    )  # fmt: skip
