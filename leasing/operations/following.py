"""A lease makes way for the one that renews or changes it, or is over."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import WrongState
from leasing.models import Handover, HandoverKind, Lease, LeaseState, StepKind
from leasing.models.leases import DAY, IN_FORCE
from leasing.operations.holding import close_ended, expect_back, is_kept
from leasing.operations.rows import note


def follow(actor: Actor, now: datetime, previous: Lease, lease: Lease) -> None:
    """``previous`` ends the day before ``lease`` begins; what does not go on is inspected.

    Raises WrongState when it is ending already.
    """
    if previous.state != LeaseState.EFFECTIVE:
        raise WrongState
    previous.move_to(LeaseState.ENDING)
    previous.last_on = min(previous.last_on, lease.starts_on - DAY)
    previous.save(update_fields=["state", "last_on"])
    note(actor, now, previous, StepKind.FOLLOWED, lease.number)
    if is_kept(previous):
        expect_back(previous, now, previous.last_on)
        begin_inspection(previous)
    end_if_over(actor, now, previous)


def goes_on(lease: Lease) -> bool:
    """Whether one that follows it is, or was, in force: deposit and account are that one's now."""
    return lease.successors.filter(state__in=[*IN_FORCE, LeaseState.ENDED]).exists()


def begin_inspection(lease: Lease) -> Handover:
    return Handover.objects.create(
        tenant_id=lease.tenant_id,
        lease=lease,
        kind=HandoverKind.CHECK_OUT,
        held_on=lease.last_on,
    )


def end_if_over(actor: Actor, now: datetime, lease: Lease) -> bool:
    """Ended, once nothing of it is left in the ledger."""
    if lease.state != LeaseState.ENDING or not close_ended(lease, now):
        return False
    lease.move_to(LeaseState.ENDED)
    lease.closed_on = timezone.localdate(now)
    lease.save(update_fields=["state", "closed_on"])
    note(actor, now, lease, StepKind.ENDED)
    return True
