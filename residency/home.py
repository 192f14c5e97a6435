"""What waits for the park's staff in residency, and its figures on their first page."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.actors import Actor
from foundation.home import Destination, QuickAction, Tile, WorkItem
from foundation.money import format_number
from residency.models import Application, ApplicationState, Lead
from residency.permissions import permissions
from residency.queries import SILENT

# Of the longest lists; the rest stands behind the tile.
SHOWN = 20
S = ApplicationState


def work_of_applying(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Applications nobody has taken, one's own that are checked, those whose applicant is silent,
    and one's own leads that are due."""
    found: list[WorkItem] = []
    if permissions.permits(actor, "check_applications"):
        found += _applications(actor, now)
    if permissions.permits(actor, "manage_leads"):
        found += _leads(actor, now)
    return found


def tiles_of_applying(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "see_residency"):
        return []
    leads = Lead.objects.visible_to(actor).open().count()
    waiting = Application.objects.visible_to(actor).with_park()
    late = waiting.filter(due_at__lt=now).count()
    note = ngettext("%(count)s is overdue", "%(count)s are overdue", late) % {"count": late}
    return [
        Tile(
            _("Open leads"),
            format_number(leads),
            Destination("admin:residency_lead_changelist", query={"stage": "open"}),
            _("Funnel"),
            Destination("admin:residency_lead_funnel"),
        ),
        Tile(
            _("Applications to answer"),
            format_number(waiting.count()),
            Destination("admin:residency_application_changelist", query={"turn": "park"}),
            note=note if late else "",
        ),
    ]


def actions_of_applying(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "manage_leads"):
        return []
    return [QuickAction(_("Record a lead"), "person_add", Destination("admin:residency_lead_add"))]


def _applications(actor: Actor, now: datetime) -> list[WorkItem]:
    every = Application.objects.visible_to(actor)
    mine = every.filter(handler_id=actor.user_id)
    rows = [
        (_("Take up the application"), every.filter(state=S.SUBMITTED)),
        (_("Check the documents"), mine.filter(state=S.CHECKING)),
        (
            _("Remind the applicant"),
            mine.filter(state=S.RETURNED, returned_at__lte=now - SILENT),
        ),
    ]
    return [
        WorkItem(
            title=str(application),
            action=action,
            to=_change("application", application.pk),
            due_at=application.returned_at
            if application.state == S.RETURNED
            else application.due_at,
            note=application.get_state_display(),
        )
        for action, found in rows
        for application in found.order_by("due_at", "pk")[:SHOWN]
    ]


def _leads(actor: Actor, now: datetime) -> list[WorkItem]:
    """One line for all of them: the list behind it has those that wait longest first."""
    mine = Lead.objects.visible_to(actor).filter(owner_id=actor.user_id)
    due = mine.due(timezone.localdate(now))
    first = due.aggregate(first=Min("next_follow_up_on"))["first"]
    if first is None:
        return []
    count = due.count()
    title = ngettext(
        "%(count)s lead is to be followed up", "%(count)s leads are to be followed up", count
    )
    query = {"stage": "due", "owner__id__exact": actor.user_id}
    return [
        WorkItem(
            title=title % {"count": count},
            action=_("Follow up"),
            to=Destination("admin:residency_lead_changelist", query=query),
            due_at=timezone.make_aware(datetime.combine(first, time.max)),
        )
    ]


def _change(model: str, pk: int) -> Destination:
    return Destination(f"admin:residency_{model}_change", {"object_id": pk})
