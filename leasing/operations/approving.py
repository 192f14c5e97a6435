"""From the draft to what waits for its signature: put up, approved by one or two, or rejected.

Whoever wrote a lease does not approve it, and nobody approves it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from leasing.approval_rules import reasons
from leasing.models import Lease, LeaseState, StepKind
from leasing.models.steps import WRITING
from leasing.operations.holding import hold_units, let_go
from leasing.operations.papers import start_paper
from leasing.operations.rows import lock, note, tell
from leasing.permissions import permissions

S = LeaseState


class SamePerson(DomainError):
    """Two people have to look at it, and neither may be the one who wrote it."""

    code = "same_person"
    message = _("You wrote this lease or approved it before. Somebody else has to approve it.")


@operation
def submit(*, actor: Actor, now: datetime, lease: Lease) -> Lease:
    """Put a draft up for approval, and decide by its terms whether one word is enough.

    Raises NotPermitted, WrongState, InvalidInput without a unit.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease)
    own.move_to(S.APPROVING)
    if not own.units.exists():
        raise InvalidInput(_("Add the units first."), code="no_unit")
    found = reasons(own)
    own.needs_second = bool(found)
    own.save(update_fields=["state", "needs_second"])
    note(actor, now, own, StepKind.SUBMITTED, " ".join(map(str, found)))
    return own


@operation
def approve(*, actor: Actor, now: datetime, lease: Lease) -> Lease:
    """Give the word that it waits for, the first or the second. With the last one its units are
    held for ``settings.LEASE_HOLD_DAYS`` days and the contract is made.

    Raises NotPermitted, WrongState, ``SamePerson``, and ``Taken`` with the units that somebody
    has, nothing having been approved then.
    """
    own = lock(actor, lease, S.APPROVING)
    is_second = own.first_approver_id is not None
    permissions.require(actor, "approve_unusual_leases" if is_second else "approve_leases")
    if actor.user_id in {*_writers(own), own.first_approver_id}:
        raise SamePerson
    if is_second:
        own.second_approver_id = actor.user_id
    else:
        own.first_approver_id = actor.user_id
    own.save(update_fields=["first_approver", "second_approver"])
    note(actor, now, own, StepKind.APPROVED_AGAIN if is_second else StepKind.APPROVED)
    return own if own.needs_second and not is_second else _approved(actor, now, own)


@operation
def reject(*, actor: Actor, now: datetime, lease: Lease, reason: str) -> Lease:
    """Give it back to whoever wrote it, and say why.

    Raises NotPermitted (for whoever could not give the word it waits for), WrongState, and
    DomainError ``lease_closed_says_why`` without a reason.
    """
    own = lock(actor, lease, S.APPROVING)
    is_second = own.first_approver_id is not None
    permissions.require(actor, "approve_unusual_leases" if is_second else "approve_leases")
    own.move_to(S.REJECTED)
    own.reason = reason.strip()
    own.save(update_fields=["state", "reason"])
    note(actor, now, own, StepKind.REJECTED, own.reason)
    return own


@operation
def revise(*, actor: Actor, now: datetime, lease: Lease) -> Lease:
    """Take what was rejected back to the draft; it is approved from the beginning afterwards.

    Raises NotPermitted, WrongState.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease)
    own.move_to(S.DRAFT)
    own.first_approver = own.second_approver = None
    own.needs_second = False
    own.drafted_by_id = actor.user_id
    own.save()
    note(actor, now, own, StepKind.REVISED)
    return own


@operation
def hold_again(*, actor: Actor, now: datetime, lease: Lease) -> Lease:
    """Hold its units for as long again from now on, also when the hold is over and nobody else
    has taken them. Raises NotPermitted, WrongState, ``Taken``."""
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease, S.AWAITING)
    hold_units(own, now, held_until(now))
    note(actor, now, own, StepKind.HELD, _day(held_until(now)))
    return own


@operation
def void(*, actor: Actor, now: datetime, lease: Lease, reason: str) -> Lease:
    """It will never be signed; its units are free for others.

    Raises NotPermitted, WrongState, DomainError ``lease_closed_says_why`` without a reason.
    """
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease)
    was_seen = own.state == S.AWAITING
    own.move_to(S.VOID)
    own.reason, own.closed_on = reason.strip(), timezone.localdate(now)
    own.save(update_fields=["state", "reason", "closed_on"])
    let_go(own, now)
    note(actor, now, own, StepKind.VOID, own.reason)
    if was_seen:
        tell(actor, now, own, "void", _("The lease %(number)s is void"), own.reason)
    return own


def held_until(now: datetime) -> datetime:
    return now + timedelta(days=settings.LEASE_HOLD_DAYS)


def _approved(actor: Actor, now: datetime, own: Lease) -> Lease:
    own.move_to(S.AWAITING)
    own.save(update_fields=["state"])
    hold_units(own, now, held_until(now))
    note(actor, now, own, StepKind.HELD, _day(held_until(now)))
    start_paper(actor, now, own)
    return own


def _writers(own: Lease) -> set[int | None]:
    """Since the beginning: whoever wrote a draft that was rejected wrote a part of this one."""
    written = own.steps.filter(kind__in=WRITING, by__isnull=False)
    return set(written.values_list("by", flat=True))


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}"
