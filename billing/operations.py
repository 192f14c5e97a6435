"""Charging, and what becomes of a charge: paid, waived, or set off against something held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Charge, ChargeState
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.money import quantize
from foundation.operations import operation
from tenants import standing
from tenants.models import Tenant

NOT_THE_SAME = _("This was charged before, with other figures: waive that charge first.")


@operation
def charge(
    *,
    actor: Actor,
    now: datetime,
    debtor: Tenant,
    source: Model,
    kind: str,
    period: date,
    what: str,
    amount: Decimal,
    currency: str,
    due_on: date,
) -> Charge:
    """Charge ``debtor`` for ``source``, a saved row of the calling app, once for each kind and
    ``period``, the first day of what is paid for.

    For apps above, inside their own operations and after their own permissions: this asks none.
    ``amount`` is above zero, in ``currency`` (ISO 4217), and is rounded half up to its minor unit.
    ``what`` names the thing without a word that would need translating: the kind is shown beside
    it. Called again with the same figures it gives the same row, whatever has become of it.

    Raises InvalidInput for an amount that is not above zero, ``HasLeft``, and DomainError
    ``charge_differs`` when it was charged before with another amount, currency or day.
    """
    # An exit that is being finished has counted the charges: nothing comes in between.
    standing.require_present(debtor.pk)
    amount = quantize(amount, currency)
    if amount <= 0:
        raise InvalidInput(_("An amount is above zero."), code="charge_above_zero")
    key = {
        "tenant": debtor,
        "source_type": source._meta.label_lower,
        "source_id": source.pk,
        "period": period,
        "kind": kind,
    }
    figures = {"amount": amount, "currency": currency, "due_on": due_on}
    # Of two who charge at once the second waits here and then reads what the first has written.
    Charge.objects.bulk_create(
        [Charge(**key, **figures, what=what, created_at=now)], ignore_conflicts=True
    )
    made = Charge.objects.get(**key)
    if any(getattr(made, name) != value for name, value in figures.items()):
        raise DomainError(NOT_THE_SAME, code="charge_differs")
    return made


@operation
def record_payment(
    *, actor: Actor, now: datetime, charge: Charge, paid_on: date, note: str
) -> Charge:
    """The park has the money. ``note`` says how: the bank's reference, a receipt's number.

    Raises NotPermitted, WrongState, InvalidInput for a day in the future, and DomainError
    ``charge_closed_says_why`` without a note.
    """
    permissions.require(actor, "record_payment")
    locked = _locked(actor, charge)
    if paid_on > timezone.localdate(now):
        raise InvalidInput(fields={"paid_on": _("This day is in the future.")})
    return _close(actor, locked, ChargeState.SETTLED, paid_on, note)


@operation
def waive(*, actor: Actor, now: datetime, charge: Charge, reason: str) -> Charge:
    """It need not be paid. Raises NotPermitted, WrongState, and DomainError
    ``charge_closed_says_why`` without a reason."""
    permissions.require(actor, "waive_charges")
    locked = _locked(actor, charge)
    return _close(actor, locked, ChargeState.WAIVED, timezone.localdate(now), reason)


@operation
def close_all(
    *, actor: Actor, now: datetime, charges: Iterable[Charge], state: str, reason: str
) -> int:
    """Set off or waive open charges as a part of an operation above, which has permitted it:
    against a deposit, or because a lease ends before their period.

    Gives how many. Raises WrongState when one of them is not open any more.
    """
    wanted = sorted(each.pk for each in charges)
    rows = list(Charge.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    for row in rows:
        _close(actor, row, state, timezone.localdate(now), reason)
    return len(rows)


def _locked(actor: Actor, charge: Charge) -> Charge:
    visible = Charge.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.get(pk=charge.pk)


def _close(actor: Actor, charge: Charge, state: str, on: date, note: str) -> Charge:
    charge.move_to(state)
    charge.closed_on, charge.closed_by_id, charge.note = on, actor.user_id, note.strip()
    charge.save(update_fields=["state", "closed_on", "closed_by", "note"])
    return charge
