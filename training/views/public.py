"""The catalogue for everybody: programmes, courses, listed sessions, and their calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tenants.isolation.context import as_system
from training import feeds
from training.models import Course, Session, SessionDate, SessionState
from training.models.sessions import UPCOMING
from training.queries import dated
from training.room import count_each

# What is over stays for a while, so that a calendar that fetches seldom sees what was cancelled.
BACK = timedelta(days=60)
MOST = 200


@require_GET
def catalogue(request: Any) -> HttpResponse:
    """What is taught, and when next. The park's own, the same for every reader."""
    now = timezone.now()
    with as_system():
        sessions = list(dated(Session.objects.listed(), "first_at")[:MOST])
        rooms = count_each(sessions, now)
        courses = list(Course.objects.in_use().select_related("programme").order_by("code"))
    rows = [(each, _free(rooms[each.pk]), each.is_open(now)) for each in sessions]
    return render(request, "training/public/catalogue.html", {"rows": rows, "courses": courses})


@require_GET
def session(request: Any, pk: int) -> HttpResponse:
    now = timezone.now()
    with as_system():
        own = dated(Session.objects.listed()).filter(pk=pk).first()
        if own is None:
            raise Http404
        context = {
            "session": own,
            "free": _free(count_each([own], now)[own.pk]),
            "is_open": own.is_open(now),
            "dates": list(own.dates.standing().select_related("space")),
            "trainers": list(own.trainers.all()),
            "required": list(own.course.prerequisites.all()) if own.course else [],
        }
    return render(request, "training/public/session.html", context)


@require_GET
def calendar(request: Any) -> HttpResponse:
    """Of listed sessions, those of the last weeks and the cancelled ones with them."""
    now = timezone.now()
    states = (*UPCOMING, SessionState.FINISHED, SessionState.SETTLED, SessionState.CANCELLED)
    with as_system():
        rows = SessionDate.objects.filter(
            session__is_listed=True,
            session__state__in=states,
            session__opened_at__isnull=False,
            ends_at__gte=now - BACK,
        )
        content = feeds.written(list(rows.select_related("session__course", "space")), now)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _free(room: Any) -> int:
    """For who has no share of it."""
    return max(room.free - room.kept(), 0)
