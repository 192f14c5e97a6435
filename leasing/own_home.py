"""What leases bring to the home page of an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from leasing.models import Handover, Lease, LeaseState
from leasing.models.handovers import HandoverState
from leasing.permissions import permissions
from residency.settling_home import evening

SIGNABLE = Q(state=LeaseState.AWAITING, document__isnull=False, signed_copy=None)
CONFIRMABLE = Q(state=HandoverState.OPEN, park_at__isnull=False)


def work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """A contract to sign, a sheet to confirm; nothing for whoever may do neither.

    One query finds out whether there is anything; on most days there is not.
    """
    sheets = Handover.objects.filter(CONFIRMABLE, lease=OuterRef("pk"))
    if not Lease.objects.visible_to(actor).filter(SIGNABLE | Exists(sheets)).exists():
        return []
    items = []
    if permissions.permits(actor, "upload_signed_lease"):
        items += [_signature(lease) for lease in _to_sign(actor)]
    if permissions.permits(actor, "confirm_for_organisation"):
        items += [_sheet(each) for each in _to_confirm(actor)]
    return items


def _to_sign(actor: Actor) -> list[Lease]:
    return list(Lease.objects.visible_to(actor).filter(SIGNABLE).order_by("pk"))


def _to_confirm(actor: Actor) -> list[Handover]:
    found = Handover.objects.visible_to(actor).filter(CONFIRMABLE)
    return list(found.select_related("lease").order_by("pk"))


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
