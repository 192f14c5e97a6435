"""What the training centre brings to the staff's first page."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.actors import Actor
from foundation.home import Destination, Tile, WorkItem
from foundation.money import format_number
from spaces.queries import day_span
from training.models import Seat, SeatState, Session, SessionDate
from training.permissions import permissions


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Seats that wait for the park's word, and sessions whose next step is due."""
    if not permissions.permits(actor, "decide_seats"):
        return []
    return [*_asked(), *_due(now)]


def staff_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "see_training"):
        return []
    count = SessionDate.objects.between(*day_span(timezone.localdate(now))).count()
    to = Destination("admin:training_sessiondate_changelist", query={"when": "today"})
    return [Tile(label=_("Training today"), value=format_number(count), to=to)]


def _asked() -> list[WorkItem]:
    asked = Seat.objects.filter(state=SeatState.REQUESTED).order_by("session")
    keys = list(asked.values_list("session", flat=True))
    sessions = Session.objects.filter(pk__in=keys).select_related("course").order_by("closes_at")
    items = []
    for session in sessions:
        count = keys.count(session.pk)
        title = ngettext(
            "%(count)s seat waits for the park's word: %(session)s",
            "%(count)s seats wait for the park's word: %(session)s",
            count,
        )
        items.append(_item(session, title % {"count": count, "session": session}))
    return items


def _due(now: datetime) -> list[WorkItem]:
    due = Session.objects.due(now).select_related("course").order_by("closes_at")
    return [_item(each, _("The next step is due: %(session)s") % {"session": each}) for each in due]


def _item(session: Session, title: str) -> WorkItem:
    to = Destination("admin:training_session_change", {"object_id": session.pk})
    return WorkItem(title, _("Open it"), to, due_at=session.closes_at)
