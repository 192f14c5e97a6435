"""Charging, and what becomes of a charge that need not be paid."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Charge, ChargeState, InvoiceLine, InvoiceState, TaxRate
from billing.operations import crediting, drafting
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.money import quantize
from foundation.operations import operation
from ledger.operations.posting import Source
from tenants import standing
from tenants.models import Tenant

NOT_THE_SAME = _("This was charged before, with other figures: waive that charge first.")
# What stands for itself, such as a fee that staff enter.
BY_HAND = "billing.charge"
ONE = Decimal(1)
# What the columns of a price and of a quantity have room for.
MICRO, TENTHS_OF_THOUSANDTHS = Decimal("0.000001"), Decimal("0.0001")


@operation
def charge(
    *,
    actor: Actor,
    now: datetime,
    debtor: Tenant,
    source: Model | Source,
    kind: str,
    period: date,
    what: str,
    currency: str,
    due_on: date,
    amount: Decimal | None = None,
    quantity: Decimal = ONE,
    unit: str = "",
    unit_price: Decimal | None = None,
    rate_card: str = "",
) -> Charge:
    """Charge ``debtor`` for ``source``, a saved row of the calling app, once for each kind and
    ``period``, the first day of what is paid for.

    For apps above, inside their own operations and after their own permissions: this asks none.
    Give ``amount``, or ``quantity`` by ``unit_price``; prices include tax. The amount is above
    zero, in ``currency`` (ISO 4217), and is rounded half up to its minor unit. The tax in it is
    that of the kind on the first day of the period (``TaxRate``). ``rate_card`` names the price
    list and its version. ``what`` names the thing without a word that would need translating: the
    kind is shown beside it. Called again with the same figures it gives the same row, whatever has
    become of it.

    Raises InvalidInput for an amount that is not above zero, ``HasLeft``, and DomainError
    ``charge_differs`` when it was charged before with another amount, currency or day.
    """
    # An exit that is being finished has counted the charges: nothing comes in between.
    standing.require_present(debtor.pk)
    price = (amount if unit_price is None else unit_price) or Decimal(0)
    whole = quantize(price * quantity, currency)
    if whole <= 0:
        raise InvalidInput(_("An amount is above zero."), code="charge_above_zero")
    key = {"tenant": debtor, **_source(source), "period": period, "kind": kind}
    figures: dict[str, Any] = {"amount": whole, "currency": currency, "due_on": due_on}
    details: dict[str, Any] = {
        "what": what,
        "quantity": quantity,
        "unit": unit,
        "unit_price": whole if unit_price is None else price,
        "rate_card": rate_card,
        "tax_rate": tax_rate(kind, period),
    }
    # Of two who charge at once the second waits here and then reads what the first has written.
    Charge.objects.bulk_create(
        [Charge(**key, **figures, **details, created_at=now)], ignore_conflicts=True
    )
    made = Charge.objects.get(**key)
    if any(getattr(made, name) != value for name, value in figures.items()):
        raise DomainError(NOT_THE_SAME, code="charge_differs")
    return made


def worked_out(
    amount: Decimal, currency: str, *, quantity: Decimal, unit: str, unit_price: Decimal
) -> dict[str, Any]:
    """For callers of ``charge`` that know the ``amount``: as quantity by unit price where the two,
    as a paper prints them, come to it; the amount alone where they do not."""
    price, number = unit_price.quantize(MICRO), quantity.quantize(TENTHS_OF_THOUSANDTHS)
    if quantize(price * number, currency) != amount:
        return {"amount": amount}
    return {"quantity": number, "unit": unit, "unit_price": price}


def _source(source: Model | Source) -> dict[str, Any]:
    if isinstance(source, Source):
        return {"source_type": source.type, "source_id": source.id}
    return {"source_type": source._meta.label_lower, "source_id": source.pk}


def tax_rate(kind: str, on: date) -> Decimal:
    """In percent; 0 where the park has no rate for the kind on that day."""
    found = TaxRate.objects.filter(kind=kind, valid_from__lte=on).order_by("-valid_from")
    return found.values_list("percent", flat=True).first() or Decimal(0)


@operation
def charge_by_hand(*, actor: Actor, now: datetime, debtor: Tenant, **values: Any) -> Charge:
    """What staff charge that no app does. Takes what ``charge`` takes, but for ``source``: each
    call is another charge. Raises NotPermitted, and what ``charge`` raises."""
    permissions.require(actor, "add_charges")
    source = Source(BY_HAND, secrets.randbits(62))
    return charge(actor=actor, now=now, debtor=debtor, source=source, **values)


@operation
def waive(*, actor: Actor, now: datetime, charge: Charge, reason: str) -> Charge:
    """It need not be paid: off its draft, and off its bill by a credit note.

    Raises NotPermitted, WrongState, and DomainError ``charge_closed_says_why`` without a reason.
    """
    permissions.require(actor, "waive_charges")
    return _waive(actor, now, _locked(actor, charge), reason)


@operation
def waive_all(*, actor: Actor, now: datetime, charges: Iterable[Charge], reason: str) -> int:
    """Waive open charges as a part of an operation above, which has permitted it.

    Gives how many. Raises WrongState when one of them is not open any more.
    """
    wanted = sorted(each.pk for each in charges)
    rows = [_locked_row(Charge.objects.all(), pk) for pk in wanted]
    for row in rows:
        _waive(actor, now, row, reason)
    return len(rows)


def _waive(actor: Actor, now: datetime, charge: Charge, reason: str) -> Charge:
    if charge.state != ChargeState.OPEN:
        raise WrongState
    line = InvoiceLine.objects.filter(tenant_id=charge.tenant_id, charge=charge).first()
    if line and line.invoice.state == InvoiceState.ISSUED:
        crediting.credit_lines(actor, now, line.invoice, {line.pk: line.left_to_credit}, reason)
        return Charge.objects.get(pk=charge.pk)
    if line:
        drafting.take_off(line)
    charge.move_to(ChargeState.WAIVED)
    charge.closed_on, charge.closed_by_id = timezone.localdate(now), actor.user_id
    charge.note = reason.strip()
    charge.save(update_fields=["state", "closed_on", "closed_by", "note"])
    return charge


def _locked(actor: Actor, charge: Charge) -> Charge:
    return _locked_row(Charge.objects.visible_to(actor), charge.pk)


def _locked_row(rows: Any, pk: int) -> Charge:
    """The bill before its charge, as everybody locks them. Raises WrongState when the charge came
    on another bill meanwhile."""
    bill = drafting.lock_bill_of(pk)
    found: Charge = rows.select_for_update(of=("self",)).get(pk=pk)
    if drafting.bill_key_of(pk) != (bill.pk if bill else None):
        raise WrongState
    return found
