"""What leases bring to the home page of an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from backbone.waiting import Source
from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from leasing.models import Handover, Lease, LeaseState
from leasing.models.handovers import HandoverState
from leasing.permissions import permissions
from residency.settling_home import evening


def sources(*, actor: Actor, now: datetime) -> list[Source]:
    """A contract to sign, a sheet to confirm; nothing for whoever may do neither."""
    found = []
    if permissions.permits(actor, "upload_signed_lease"):
        waits = Q(state=LeaseState.AWAITING, document__isnull=False, signed_copy=None)
        leases = Lease.objects.visible_to(actor).filter(waits).order_by("pk")
        found.append(Source(leases, lambda lease: [_signature(lease)]))
    if permissions.permits(actor, "confirm_for_organisation"):
        waits = Q(state=HandoverState.OPEN, park_at__isnull=False)
        sheets = Handover.objects.visible_to(actor).filter(waits).select_related("lease")
        found.append(Source(sheets.order_by("pk"), lambda sheet: [_sheet(sheet)]))
    return found


def _signature(lease: Lease) -> WorkItem:
    return WorkItem(
        _("Sign the lease %(number)s") % {"number": lease.number},
        _("Open it"),
        Destination("leasing:lease", {"pk": lease.pk}),
        due_at=evening(lease.starts_on),
        note=lease.copy_refusal,
    )


def _sheet(handover: Handover) -> WorkItem:
    return WorkItem(
        _("Confirm: %(sheet)s, lease %(number)s")
        % {"sheet": handover.get_kind_display(), "number": handover.lease.number},
        _("Look at it"),
        Destination("leasing:handover", {"pk": handover.pk}),
        due_at=evening(handover.held_on),
    )
