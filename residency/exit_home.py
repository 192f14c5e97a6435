"""Exits on the first pages: what waits for the park."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from residency.models import Exit, Waiver
from residency.permissions import permissions
from residency.settling_home import evening


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Open exits by their last day, and waivers that somebody else asked for."""
    return [*_exits(actor), *_waivers(actor)]


def _exits(actor: Actor) -> list[WorkItem]:
    if not permissions.permits(actor, "advance_exit"):
        return []
    return [
        WorkItem(
            _("%(name)s leaves: %(state)s")
            % {"name": each.tenant.display_name, "state": each.get_state_display()},
            _("See to it"),
            _page(each),
            due_at=evening(each.leaves_on),
        )
        for each in Exit.objects.open().select_related("tenant").order_by("leaves_on", "pk")
    ]


def _waivers(actor: Actor) -> list[WorkItem]:
    if not permissions.permits(actor, "give_waiver"):
        return []
    asked = Waiver.objects.filter(given_at=None, exit__in=Exit.objects.open())
    others = asked.exclude(asked_by_id=actor.user_id).select_related("exit__tenant")
    return [
        WorkItem(
            _("A waiver for %(name)s was asked for") % {"name": each.exit.tenant.display_name},
            _("Decide"),
            _page(each.exit),
            due_at=evening(each.exit.leaves_on),
        )
        for each in others.order_by("pk")
    ]


def _page(park_exit: Exit) -> Destination:
    return Destination("admin:residency_exit_change", {"object_id": park_exit.pk})
