"""The catalogue that everybody reads, and its calendar."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from tests.spaces.making import NOW, office
from tests.training.making import DAY, booked
from training.operations import dates, sessions, shares

pytestmark = pytest.mark.django_db


def read(view="catalogue", **values):
    client = Client()
    client.cookies["django_language"] = "en"
    return client.get(reverse(f"catalogue:{view}", kwargs=values))


def events():
    found = Calendar.from_ical(read("calendar").content)
    return {str(e["summary"]): e for e in found.walk("VEVENT")}


def test_everybody_sees_listed_sessions_and_what_is_free(school, other, centre):
    session = centre.session(capacity=10)
    hidden, draft = centre.session(is_listed=False), centre.draft()
    booked(school.keeper, session, blanks=3)
    with office(centre.lead) as actor:
        shares.set_share(
            actor=actor, now=NOW, session=session, tenant=other.tenant, seats=2, until=NOW + DAY
        )
    page = read().content.decode()
    assert reverse("catalogue:session", kwargs={"pk": session.pk}) in page
    assert reverse("catalogue:session", kwargs={"pk": hidden.pk}) not in page
    page = read("session", pk=session.pk)
    assert page.context["free"] == 5
    assert school.tenant.name not in page.content.decode()
    for one in (hidden, draft):
        assert read("session", pk=one.pk).status_code == 404


def test_the_calendar_says_what_is_cancelled_and_grows_its_sequence(centre):
    session = centre.session(name_zh="秋季班", name_en="Autumn")
    (before,) = events().values()
    assert (before["status"], before["uid"]) == ("CONFIRMED", before["uid"])
    assert before["dtstart"].dt == session.dates.get().starts_at
    with office(centre.lead) as actor:
        dates.cancel_date(actor=actor, now=NOW, date=session.dates.get())
    (after,) = events().values()
    assert (after["status"], after["uid"]) == ("CANCELLED", before["uid"])
    assert after["sequence"] > before["sequence"]


def test_a_cancelled_session_stays_in_the_calendar(centre):
    session = centre.session()
    with office(centre.lead) as actor:
        sessions.cancel_session(actor=actor, now=NOW, session=session, reason="No trainer")
    assert [e["status"] for e in events().values()] == ["CANCELLED"]
    assert read("session", pk=session.pk).status_code == 404


def test_a_draft_is_in_no_calendar(centre):
    centre.date(centre.draft())
    assert events() == {}
