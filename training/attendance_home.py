"""What attendance brings to the staff's first page: sessions to settle, dates to mark."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from training.desk import sessions_to_settle
from training.models import AttendanceMark, Seat, SeatState, SessionDate, SessionState
from training.permissions import permissions

# A date that was longer ago waits for the settling of its session.
LATELY = timedelta(days=14)


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    if not permissions.permits(actor, "mark_attendance"):
        return []
    return [*_to_mark(now), *_to_settle()]


def unmarked_dates(now: datetime) -> list[SessionDate]:
    """Over, of a session under way, with a booked seat that has no mark."""
    marked = AttendanceMark.objects.filter(date=OuterRef(OuterRef("pk")), seat=OuterRef("pk"))
    missing = Seat.objects.filter(session=OuterRef("session"), state=SeatState.BOOKED)
    over = SessionDate.objects.standing().filter(
        ends_at__lte=now, ends_at__gt=now - LATELY, session__state=SessionState.RUNNING
    )
    found = over.filter(Exists(missing.filter(~Exists(marked))))
    return list(found.select_related("session__course").order_by("ends_at"))


def _to_mark(now: datetime) -> list[WorkItem]:
    words = _("Mark who was there: %(session)s")
    return [
        WorkItem(
            words % {"session": date.session},
            _("Open it"),
            Destination("admin:attendance_date", {"pk": date.pk}),
            due_at=date.ends_at,
        )
        for date in unmarked_dates(now)
    ]


def _to_settle() -> list[WorkItem]:
    words = _("Settle and certify: %(session)s")
    return [
        WorkItem(
            words % {"session": session},
            _("Open it"),
            Destination("admin:attendance_session", {"pk": session.pk}),
            due_at=getattr(session, "last_at", None),
        )
        for session in sessions_to_settle()
    ]
