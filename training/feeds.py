"""The calendar of listed sessions as RFC 5545 has it, written by the library ``icalendar``."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from foundation.refs import ref_of
from training.models import SessionDate

LISTED = "-//Park Portal//Training//"


def written(dates: list[SessionDate], now: datetime) -> bytes:
    """One event for each date; a cancelled one stays in the feed and says so. Times are in the
    park's zone, with its definition."""
    calendar = Calendar()
    calendar.add("prodid", LISTED)
    calendar.add("version", "2.0")
    calendar.add("name", _("Training"))
    calendar.add("x-wr-calname", _("Training"))
    for date in dates:
        calendar.add_component(_event(date, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(date: SessionDate, now: datetime) -> Event:
    session = date.session
    event = Event()
    event.add("uid", f"{ref_of(date.pk, 'training_date')}@park")
    event.add("dtstamp", now)
    event.add("dtstart", timezone.localtime(date.starts_at))
    event.add("dtend", timezone.localtime(date.ends_at))
    event.add("sequence", session.version)
    event.add("summary", session.title)
    event.add("location", str(date.space or date.place))
    is_off = date.cancelled_at is not None or session.state == "cancelled"
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if session.state != "cancelled":
        path = reverse("catalogue:session", kwargs={"pk": session.pk})
        event.add("url", f"{settings.PORTAL_URL}{path}")
    return event
