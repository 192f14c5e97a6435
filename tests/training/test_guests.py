"""Guests of an event: put on the list, invited, answering, erased; capacity counts across all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from backbone import relay
from backbone.models import OutboxMessage
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import TrailEntry
from tests.spaces.making import NOW, office, portal
from tests.training.hosting import FIRST, Hosted, guest_rows, guests_now
from tests.training.making import DAY, HOUR, booked
from training import guest_links
from training.erasing import erase_guests
from training.models import Guest, GuestState
from training.operations import guests, sessions
from training.operations.guests import Said
from training.operations.letters import KIND

pytestmark = pytest.mark.django_db
G = GuestState


@pytest.fixture
def hosted(centre):
    return Hosted(centre)


def send_all():
    relay.deliver_due()


def states():
    return [guest.state for guest in guests_now()]


def name(member, session, number=1, now=NOW):
    said = [Said(f"Guest {place}") for place in range(number)]
    with portal(member) as actor:
        return guests.add_guests(actor=actor, now=now, session=session, said=said)


def refused(code, run):
    before = guest_rows()
    with pytest.raises(DomainError) as caught:
        run()
    assert caught.value.code == code
    assert str(caught.value)
    assert guest_rows() == before


def step(centre, operation, guest, now=NOW, **values):
    with office(centre.lead) as actor:
        return operation(actor=actor, now=now, **values | guest)


# -- the list ------------------------------------------------------------------------------------


def test_the_park_names_guests_of_its_own_and_of_an_organisation(hosted, school):
    hosted.invite("ann", "ben")
    hosted.invite("cai", tenant=school.tenant)
    found = guests_now()
    assert [guest.comes_from for guest in found] == ["Acme"] * 3
    assert [guest.tenant_id for guest in found] == [hosted.centre.lead.tenant_id] * 2 + [school.tenant.pk]  # fmt: skip
    assert len({guest.code for guest in found}) == 3


def test_an_organisation_brings_as_many_as_it_was_given(hosted, school):
    refused("guests_allowed", lambda: name(school.keeper, hosted.session))
    hosted.allow(school.tenant, 2)
    name(school.keeper, hosted.session, 2)
    refused("guests_allowed", lambda: name(school.keeper, hosted.session))
    refused("guests_too_few", lambda: hosted.allow(school.tenant, 1))


def test_it_names_them_while_booking_is_open(hosted, school):
    hosted.allow(school.tenant, 2)
    late = hosted.session.closes_at
    refused("not_open", lambda: name(school.keeper, hosted.session, now=late))
    hosted.invite("ann", now=late)
    assert len(guests_now()) == 1


def test_seats_and_guests_share_the_places(hosted, school):
    hosted.invite(*"abcdefgh")
    seats = booked(school.keeper, hosted.session, school.learners(2))
    assert len(seats) == 2
    refused("guests_full", lambda: hosted.invite("late"))
    english = translation.override("en")
    with english, pytest.raises(DomainError, match="10 seats − 2 taken − 8 guests = 0"):
        booked(school.keeper, hosted.session, [school.learner()])
    with office(hosted.centre.lead) as actor, pytest.raises(DomainError) as caught:
        sessions.set_capacity(actor=actor, now=NOW, session=hosted.session, capacity=9)
    assert caught.value.code == "seats_taken"


def test_a_guest_who_says_no_makes_room_for_who_waits(centre, school):
    hosted = Hosted(centre, capacity=1)
    (guest,) = hosted.invite("ann")
    (seat,) = booked(school.keeper, hosted.session, [school.learner()], waits=True)
    assert seat.state == "waitlisted"
    with enter_tenant(guest.tenant_id):
        guests.answer(actor=Actor(None, guest.tenant_id), now=NOW, guest=guest, accepts=False)
    with enter_tenant(seat.tenant_id):
        seat.refresh_from_db()
    assert seat.state == "offered"
    # The place is promised now: saying yes after all finds none.
    refused("guests_full", lambda: step(centre, guests.answer_for, {"guest": guest}, accepts=True))


def test_a_course_has_no_guests(centre):
    session = centre.session()
    with office(centre.lead) as actor, pytest.raises(DomainError) as caught:
        guests.add_guests(actor=actor, now=NOW, session=session, said=[Said("Ann")])
    assert caught.value.code == "not_an_event"


def test_the_same_address_is_on_the_list_once(hosted):
    hosted.invite("ann")
    refused("guest_mail_once", lambda: hosted.invite("ann"))
    (guest,) = guests_now()
    step(hosted.centre, guests.remove_guests, {"guests": [guest]})
    hosted.invite("ann")
    assert states() == [G.REMOVED, G.LISTED]


def test_a_weaker_role_names_nobody(hosted, make, school):
    hosted.allow(school.tenant, 5)
    member = make.member(school.tenant, "member", password=None)
    before = guest_rows()
    with pytest.raises(NotPermitted):
        name(member, hosted.session)
    assert guest_rows() == before


def test_a_stranger_s_guest_is_not_there(hosted, school, other):
    (guest,) = hosted.invite("ann", tenant=school.tenant)
    with portal(other.keeper) as actor:
        known: Any = {"actor": actor, "now": NOW}
        for run in (
            lambda: guests.remove_guests(guests=[guest], **known),
            lambda: guests.answer_for(guest=guest, accepts=True, **known),
            lambda: guests.send_invitations(guests=[guest], **known),
        ):
            with pytest.raises(Guest.DoesNotExist):
                run()
    assert states() == [G.LISTED]


def test_an_organisation_names_nobody_for_another(hosted, school, other):
    with portal(school.keeper) as actor, pytest.raises(NotPermitted):
        guests.add_guests(
            actor=actor, now=NOW, session=hosted.session, said=[Said("Ann")], tenant=other.tenant
        )
    assert guests_now() == []


def test_nothing_is_done_with_who_was_taken_off(hosted):
    (guest,) = hosted.invite("ann")
    step(hosted.centre, guests.remove_guests, {"guests": [guest]})
    for run in (
        lambda: step(hosted.centre, guests.answer_for, {"guest": guest}, accepts=True),
        lambda: step(hosted.centre, guests.send_invitations, {"guests": [guest]}),
        lambda: step(hosted.centre, guests.remove_guests, {"guests": [guest]}),
    ):
        refused("wrong_state", run)


# -- invitations ---------------------------------------------------------------------------------


def invited(hosted, *names):
    made = hosted.invite(*names, language="en")
    step(hosted.centre, guests.send_invitations, {"guests": made})
    send_all()
    return made


def test_the_invitation_goes_by_mail_with_a_link_of_one_s_own(hosted):
    invited(hosted, "ann", "ben")
    assert states() == [G.INVITED] * 2
    assert [letter.to for letter in mail.outbox] == [["ann@example.test"], ["ben@example.test"]]
    assert "Job fair" in mail.outbox[0].subject
    links = [re.findall(r"https?://\S+/guests/\S+", str(letter.body))[0] for letter in mail.outbox]
    assert len(set(links)) == 2


def test_who_has_no_address_is_given_the_link_by_hand(hosted):
    with office(hosted.centre.lead) as actor:
        made = guests.add_guests(actor=actor, now=NOW, session=hosted.session, said=[Said("Ann")])
    refused("no_address", lambda: step(hosted.centre, guests.send_invitations, {"guests": made}))


def test_a_letter_to_who_was_erased_or_taken_off_is_not_sent(hosted):
    made = hosted.invite("ann")
    step(hosted.centre, guests.send_invitations, {"guests": made})
    step(hosted.centre, guests.remove_guests, {"guests": made})
    send_all()
    assert mail.outbox == []


def test_an_event_that_is_called_off_tells_its_guests(hosted):
    (first, second) = invited(hosted, "ann", "ben")
    step(hosted.centre, guests.answer_for, {"guest": second}, accepts=False)
    mail.outbox.clear()
    with office(hosted.centre.lead) as actor:
        sessions.cancel_session(actor=actor, now=NOW, session=hosted.session, reason="Storm")
    send_all()
    assert [letter.to for letter in mail.outbox] == [[first.email]]
    assert "Storm" in mail.outbox[0].body
    page = Client().get(guest_path(first))
    assert "Storm" in page.content.decode()
    refused("wrong_state", lambda: step(hosted.centre, guests.answer_for, {"guest": first}, accepts=True))  # fmt: skip


def guest_path(guest):
    with enter(Identity(STAFF)):
        slug = guest.tenant.slug
    return reverse("training_guest", kwargs={"token": guest_links.token_of(guest, slug)})


def test_a_guest_says_yes_and_no_by_the_link(hosted):
    (guest,) = invited(hosted, "ann")
    client, path = Client(), guest_path(guest)
    page = client.get(path)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert 'class="qr"' in page.content.decode()
    client.post(f"{path}answer/", {"answer": "yes"})
    assert states() == [G.ACCEPTED]
    client.post(f"{path}answer/", {"answer": "no"})
    assert states() == [G.DECLINED]
    assert 'class="qr"' not in client.get(path).content.decode()
    client.post(f"{path}answer/", {"answer": "yes"})
    assert states() == [G.ACCEPTED]


def test_a_link_opens_one_guest_and_nothing_else(hosted, school):
    first, second = hosted.invite("ann", "ben")
    token = guest_path(first).split("/")[2]
    forged = guest_links.token_of(second, school.tenant.slug)
    for wrong in (token[:-1], token + "x", forged, "x"):
        assert Client().get(reverse("training_guest", kwargs={"token": wrong})).status_code == 404
        answer = Client().post(
            reverse("training_guest_answer", kwargs={"token": wrong}), {"answer": "yes"}
        )
        assert answer.status_code == 404
    assert states() == [G.LISTED] * 2
    page = Client().get(guest_path(first)).content.decode()
    assert "ann" in page
    assert "ben" not in page


def test_a_link_ends_with_the_event_and_with_the_person(hosted, monkeypatch):
    first, second = hosted.invite("ann", "ben")
    paths = [guest_path(first), guest_path(second)]
    said = {"name": "Cai", "company": "", "email": "cai@example.test", "mobile": ""}
    step(hosted.centre, guests.change_guest, {"guest": first}, **said)
    assert [Client().get(path).status_code for path in paths] == [404, 200]
    # A number alone is the same person.
    said = {"name": second.name, "company": "", "email": second.email, "mobile": "13800000000"}
    step(hosted.centre, guests.change_guest, {"guest": second}, **said)
    assert Client().get(paths[1]).status_code == 200
    over = FIRST + 3 * HOUR + 2 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    assert Client().get(paths[1]).status_code == 404


def test_links_are_not_tried_out(hosted):
    path = reverse("training_guest", kwargs={"token": "aaa:bbb"})
    client = Client(REMOTE_ADDR="203.0.113.9")
    statuses = [client.get(path).status_code for _turn in range(11)]
    assert statuses == [404] * 10 + [429]


# -- pages of an organisation --------------------------------------------------------------------


def address(school, view, **values):
    return reverse(f"training:{view}", kwargs={"tenant": school.tenant.slug, **values})


def test_a_coordinator_names_invites_and_answers_for_guests(hosted, school, sign_in):
    hosted.allow(school.tenant, 3)
    hosted.invite("stranger")
    browser = sign_in(school.keeper)
    browser.cookies["django_language"] = "en"
    pk = hosted.session.pk
    page = browser.get(address(school, "session", pk=pk)).content.decode()
    to = address(school, "guests", pk=pk)
    assert to in page
    people = "王小明\t海河大学\t13800000000\nAnn Lee, ann@example.test"
    browser.post(to, {"people": people, "language": "zh-hans"})
    page = browser.get(to).content.decode()
    assert "王小明" in page
    assert "1 more can be named" in page
    assert "stranger" not in page
    mine = [guest for guest in guests_now() if guest.tenant_id == school.tenant.pk]
    assert [(g.name, g.company, g.email, g.mobile) for g in mine] == [
        ("王小明", "海河大学", "", "13800000000"),
        ("Ann Lee", "", "ann@example.test", ""),
    ]
    browser.post(address(school, "invitations", pk=pk))
    first, second = mine
    browser.post(address(school, "guest_answer", pk=first.pk), {"answer": "yes"})
    assert states()[1:] == [G.ACCEPTED, G.INVITED]
    page = browser.get(address(school, "guest", pk=first.pk)).content.decode()
    assert guest_links.token_of(first, school.tenant.slug) in page
    browser.post(address(school, "guest_removal", pk=second.pk))
    assert states()[1:] == [G.ACCEPTED, G.REMOVED]


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ("Ann\nBen,not@a@mail", "Line 2"),
        ("a, b, c", "Line 1"),
        ("x" * 101, "Line 1 is too long"),
        ("\n \n", "required"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nobody_is_added(hosted, school, sign_in, people, sentence):  # fmt: skip
    hosted.allow(school.tenant, 3)
    browser = sign_in(school.keeper)
    browser.cookies["django_language"] = "en"
    to = address(school, "guests", pk=hosted.session.pk)
    answer = browser.post(to, {"people": people, "language": "en"})
    assert sentence in answer.content.decode()
    assert guests_now() == []


def test_guests_of_another_organisation_are_not_there(hosted, school, other, sign_in):
    (guest,) = hosted.invite("ann", tenant=other.tenant)
    browser = sign_in(school.keeper)
    for view in ("guest", "guest_invitation", "guest_answer", "guest_removal"):
        to = address(school, view, pk=guest.pk)
        assert browser.post(to, {"answer": "no"}).status_code == 404
    assert states() == [G.LISTED]


def test_a_course_has_no_page_of_guests(centre, school, sign_in):
    session = centre.session()
    assert sign_in(school.keeper).get(address(school, "guests", pk=session.pk)).status_code == 404


# -- erasing -------------------------------------------------------------------------------------


def test_guests_are_erased_when_their_time_is_over(hosted, school):
    (guest,) = invited(hosted, "ann")
    owner = Actor(None, guest.tenant_id)
    with enter_tenant(guest.tenant_id):
        assert erase_guests(owner, FIRST) == 0
        assert erase_guests(owner, FIRST + 4 * HOUR) == 1
        assert erase_guests(owner, FIRST + 4 * HOUR) == 0
    (left,) = guests_now()
    assert (left.name, left.company, left.email, left.mobile) == ("", "", "", "")
    assert left.state == G.INVITED
    with enter(Identity(STAFF)):
        said = str(
            list(TrailEntry.objects.filter(table="training_guest").values("before", "after"))
        )
        letters = OutboxMessage.objects.filter(kind=KIND).values_list("payload", flat=True)
        assert set(letters[0]) == {"guest_id", "letter"}
    assert "ann" not in said
    assert Client().get(guest_path(left)).status_code == 404
    refused("wrong_state", lambda: step(hosted.centre, guests.answer_for, {"guest": left}, accepts=True))  # fmt: skip
