"""A calendar feed as RFC 5545 has it, written by the library ``icalendar``."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from foundation.refs import ref_of
from offices.models import Booking, BookingState, Feed
from spaces.queries import Busy, busy

# What is over stays for a while, so that a calendar that fetches seldom sees what was cancelled.
BACK = timedelta(days=60)
FORWARD = timedelta(days=400)
S = BookingState
STATUS = {
    S.OFFERED: "TENTATIVE",
    S.REQUESTED: "TENTATIVE",
    S.CONFIRMED: "CONFIRMED",
    S.CHECKED_IN: "CONFIRMED",
    S.COMPLETED: "CONFIRMED",
}


def written(feed: Feed, now: datetime) -> bytes:
    """The feed's events in its owner's language; times in the park's zone, with its definition."""
    with translation.override(feed.user.language or settings.LANGUAGE_CODE):
        events = _of_space(feed, now) if feed.space_id else _of_person(feed, now)
        calendar = Calendar()
        calendar.add("prodid", "-//Park Portal//Bookings//")
        calendar.add("version", "2.0")
        calendar.add("name", str(feed.space or _("Bookings")))
        calendar.add("x-wr-calname", str(feed.space or _("Bookings")))
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _of_person(feed: Feed, now: datetime) -> list[Event]:
    own = Booking.objects.filter(
        tenant=feed.tenant_id, booked_by=feed.user_id, starts_at__gte=now - BACK
    ).exclude(state=S.WAITING)
    return [_event(each, feed, now) for each in own.select_related("space__floor__building")]


def _event(booking: Booking, feed: Feed, now: datetime) -> Event:
    event = _span(f"{ref_of(booking.pk, 'booking')}@park", booking.starts_at, booking.ends_at, now)
    event.add("sequence", booking.version)
    event.add("summary", f"{booking.space}: {booking.purpose}")
    if booking.space.floor:
        event.add("location", str(booking.space.floor))
    event.add("status", STATUS.get(S(booking.state_at(now)), "CANCELLED"))
    path = reverse("offices:booking", kwargs={"tenant": feed.tenant.slug, "pk": booking.pk})
    event.add("url", f"{settings.PORTAL_URL}{path}")
    return event


def _of_space(feed: Feed, now: datetime) -> list[Event]:
    """When it is taken; by whom is not said."""
    assert feed.space is not None
    taken = busy(spaces=[feed.space], start=now - BACK, end=now + FORWARD, now=now)
    return [_taken(each, feed, now) for each in taken]


def _taken(span: Busy, feed: Feed, now: datetime) -> Event:
    place = ref_of(span.space_id, "room")
    event = _span(
        f"{place}-{span.start:%Y%m%dT%H%M%SZ}@park", span.start, span.end or now + FORWARD, now
    )
    event.add("summary", f"{feed.space}: {_('taken')}")
    return event


def _span(uid: str, start: datetime, end: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", timezone.localtime(start))
    event.add("dtend", timezone.localtime(end))
    return event
