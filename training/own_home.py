"""What the training centre brings to the home page of an organisation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.waiting import Source
from foundation.actors import Actor
from foundation.home import Destination, QuickAction, WorkItem
from training.models import Seat, SeatState, Session
from training.permissions import permissions

# Blank seats are work when their time is nearly over.
SOON = timedelta(days=7)


def sources(*, actor: Actor, now: datetime) -> list[Source]:
    """What is offered, and blank seats that are to be named or given back."""
    if not permissions.permits(actor, "book_seats"):
        return []
    return [
        Source(offered(actor, now), lambda row: [_offer(row)]),
        Source(lapsing(actor, now), lambda row: [_blank(row)]),
    ]


def offered(actor: Actor, now: datetime) -> Any:
    """By session: how many, and until when."""
    own = Seat.objects.filter(tenant_id=actor.tenant_id, state=SeatState.OFFERED).held(now)
    return _by_session(own, "offer_expires_at")


def lapsing(actor: Actor, now: datetime) -> Any:
    own = Seat.objects.filter(tenant_id=actor.tenant_id, state=SeatState.HELD).held(now)
    return _by_session(own.filter(hold_expires_at__lte=now + SOON), "hold_expires_at")


def _by_session(seats: Any, moment: str) -> Any:
    grouped = seats.order_by().values("session_id")
    return grouped.annotate(count=Count("pk"), until=Min(moment)).order_by("until")


def actions(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "book_seats"):
        return []
    return [QuickAction(_("Book training"), "list-check", Destination("training:sessions"))]


def _offer(row: dict[str, Any]) -> WorkItem:
    title = ngettext(
        "Accept or decline %(count)s seat: %(session)s",
        "Accept or decline %(count)s seats: %(session)s",
        row["count"],
    )
    return _item(row, title)


def _blank(row: dict[str, Any]) -> WorkItem:
    title = ngettext(
        "Name or give back %(count)s blank seat: %(session)s",
        "Name or give back %(count)s blank seats: %(session)s",
        row["count"],
    )
    return _item(row, title)


def _item(row: dict[str, Any], title: str) -> WorkItem:
    session = Session.objects.select_related("course").get(pk=row["session_id"])
    to = Destination("training:session", {"pk": session.pk})
    said = title % {"count": row["count"], "session": session}
    return WorkItem(said, _("Open it"), to, due_at=row["until"])
