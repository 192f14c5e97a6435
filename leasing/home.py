"""What leases bring to the staff's first page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.home import Destination, Tile, WorkItem
from foundation.money import format_number
from leasing.models import Lease, LeaseState
from leasing.permissions import permissions
from residency.settling_home import evening

# Days within which a lease that ends is talked about.
SOON = 90


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """What this person can approve or accept, and whose units are not handed back."""
    today = timezone.localdate(now)
    items = [*_to_approve(actor), *_copies(actor)]
    if permissions.permits(actor, "let_spaces"):
        items += _overstaying(today)
    return items


def staff_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "let_spaces"):
        return []
    count = Lease.objects.ending_within(SOON, timezone.localdate(now)).count()
    return [
        Tile(
            label=_("Leases that end within %(days)s days") % {"days": SOON},
            value=format_number(count),
            to=Destination("admin:leasing_lease_changelist", query={"ending": SOON}),
        )
    ]


def _to_approve(actor: Actor) -> Iterator[WorkItem]:
    waits = Q(pk__in=[])
    if permissions.permits(actor, "approve_leases"):
        waits |= Q(first_approver=None)
    if permissions.permits(actor, "approve_unusual_leases"):
        waits |= Q(first_approver__isnull=False) & ~Q(first_approver=actor.user_id)
    found = Lease.objects.filter(waits, state=LeaseState.APPROVING)
    for lease in found.exclude(drafted_by=actor.user_id).order_by("pk"):
        yield _item(lease, _("Approve the lease %(number)s"), lease.starts_on)


def _copies(actor: Actor) -> Iterator[WorkItem]:
    if permissions.permits(actor, "bring_into_force"):
        found = Lease.objects.filter(state=LeaseState.AWAITING, signed_copy__isnull=False)
        for lease in found.order_by("pk"):
            yield _item(lease, _("Look at the signed copy of lease %(number)s"), lease.starts_on)


def _overstaying(today: date) -> Iterator[WorkItem]:
    for lease in Lease.objects.overstaying(today).order_by("last_on", "pk"):
        yield _item(lease, _("Lease %(number)s is over and not handed back"), lease.last_on)


def _item(lease: Lease, title: str, due_on: date) -> WorkItem:
    return WorkItem(
        title % {"number": lease.number},
        _("Open it"),
        Destination("admin:leasing_lease_change", {"object_id": lease.pk}),
        due_at=evening(due_on),
    )
