"""Ending a lease: check-out begun, inspection signed, deposit settled, units free."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning import late_fee
from billing.models import Charge, ChargeKind, ChargeState
from billing.operations.charging import charge
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.money import quantize
from foundation.operations import operation
from leasing.models import Handover, Lease, LeaseState, LineKind, Settlement, StepKind
from leasing.operations import charging
from leasing.operations.following import begin_inspection, end_if_over, goes_on
from leasing.operations.holding import expect_back, give_back
from leasing.operations.rows import by_park, lock, note, tell
from leasing.operations.setting_off import let_go_of_deposit, set_off, waive_later_rent
from leasing.permissions import permissions
from leasing.settling import Proposal

ZERO = Decimal(0)


@operation
def begin_check_out(
    *, actor: Actor, now: datetime, lease: Lease, last_on: date, reason: str = ""
) -> Handover:
    """The lease ends on ``last_on``, its last day or one before, and the inspection is prepared.

    Rent that was charged for periods after it and is not paid is waived. The units stay the
    organisation's until the inspection is signed. Raises NotPermitted, WrongState, InvalidInput
    for a day outside of the lease and, where it is not its last, without a reason.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease)
    own.move_to(LeaseState.ENDING)
    if not own.starts_on <= last_on <= own.ends_on:
        raise InvalidInput(fields={"last_on": _("Give a day within the lease.")})
    if last_on < own.ends_on and not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it ends before its last day.")})
    own.last_on, own.reason = last_on, reason.strip()
    own.save(update_fields=["state", "last_on", "reason"])
    expect_back(own, now, last_on)
    waive_later_rent(own, now)
    note(actor, now, own, StepKind.ENDING, f"{last_on} {own.reason}".strip())
    tell(actor, now, own, "ending", _("The lease %(number)s ends; the park takes the units back"))
    return begin_inspection(own)


def settle(actor: Actor, now: datetime, handover: Handover) -> Settlement:
    """Both sides have signed: the deposit is settled and the units are free from now on.

    A step of ``confirm_for_organisation`` and ``sign_alone``, which have permitted and locked.
    """
    lease = handover.lease
    charging.charge_due(lease, now, everything=True)
    found = proposal(handover)
    _charge(handover, ChargeKind.LATE, found.late_fee, now)
    _charge(handover, ChargeKind.DAMAGE, found.damages, now)
    let_go_of_deposit(lease, now)
    set_off(lease, now, found)
    made = Settlement.objects.create(
        tenant_id=lease.tenant_id,
        handover=handover,
        currency=lease.currency,
        deposit=found.deposit,
        open_charges=found.open_charges,
        late_fee=found.late_fee,
        damages=found.damages,
        unused_rent=found.unused_rent,
        refund=found.refund,
        rent_back=found.rent_back,
        still_owed=found.still_owed,
    )
    give_back(lease, now)
    end_if_over(actor, now, lease)
    tell(actor, now, lease, "settled", _("The lease %(number)s is settled"))
    return made


def proposal(handover: Handover) -> Proposal:
    """What the settlement is, or would be if it were signed as it stands. Late fees run to the
    day of the inspection, each rounded to the currency's minor unit. The deposit of a lease that
    another one has followed goes on with that one."""
    lease = handover.lease
    leases = charging.chain(lease)
    rows = charging.charges_of(leases)
    owed = [c for c in rows if c.state == ChargeState.OPEN and c.kind != ChargeKind.DEPOSIT]
    coming = charging.not_charged_yet(lease)
    damages = handover.lines.filter(kind=LineKind.DAMAGE).aggregate(sum=Sum("value"))["sum"]
    return Proposal(
        deposit=ZERO if goes_on(lease) else charging.deposit_held(lease),
        open_charges=sum((c.open_amount for c in owed), ZERO) + coming,
        late_fee=sum((late_fee_of(lease, c, handover.held_on) for c in owed), ZERO),
        damages=damages or ZERO,
        unused_rent=charging.unused_rent(lease, coming),
    )


def late_fee_of(lease: Lease, row: Charge, on: date) -> Decimal:
    """Of one charge, as far as it is open on that day; only rent is late."""
    if row.state != ChargeState.OPEN or row.kind != ChargeKind.RENT:
        return ZERO
    exact = late_fee(
        row.open_amount, row.due_on, on, percent=lease.late_percent, cap=lease.late_cap
    )
    return quantize(exact, row.currency)


def _charge(handover: Handover, kind: str, amount: Decimal, now: datetime) -> None:
    lease = handover.lease
    if amount > 0:
        charge(
            actor=by_park(lease),
            now=now,
            debtor=lease.tenant,
            source=lease,
            kind=kind,
            period=handover.held_on,
            what=lease.number,
            amount=amount,
            currency=lease.currency,
            due_on=timezone.localdate(now),
        )
