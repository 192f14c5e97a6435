"""The door of an event: three hundred come, each is let in once, by a code or by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.errors import DomainError, NotPermitted
from foundation.refs import ref_of
from tests.spaces.making import NOW, office, portal
from tests.training.hosting import FIRST, Hosted, guest_rows, guests_now
from tests.training.making import DAY, HOUR
from training.guest_forms import code_in
from training.guest_links import door_address
from training.models import Guest
from training.operations import guests
from training.operations.attending import HasCheckedIn
from training.operations.door import check_in_guest, undo_check_in
from training.operations.guests import Said

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
CROWD = 300


@pytest.fixture
def hosted(centre):
    return Hosted(centre, capacity=400)


@pytest.fixture
def crowd(hosted):
    said = [Said(f"Guest {place:03}", "Acme") for place in range(CROWD)]
    with office(hosted.centre.lead) as actor:
        return guests.add_guests(actor=actor, now=NOW, session=hosted.session, said=said)


@pytest.fixture
def browser(hosted, sign_in, monkeypatch):
    client = sign_in(hosted.centre.lead)
    client.cookies["django_language"] = "en"
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIRST)
    return client


def let_in(hosted, guest, now=FIRST):
    with office(hosted.centre.lead) as actor:
        return check_in_guest(actor=actor, now=now, guest=guest)


def refused(code, run):
    before = guest_rows()
    with pytest.raises(DomainError) as caught:
        run()
    assert caught.value.code == code
    assert guest_rows() == before
    return str(caught.value)


def page_of(hosted, view):
    return reverse(f"admin:{view}", kwargs={"pk": hosted.session.pk})


def test_three_hundred_are_let_in_by_one_statement_each(hosted, crowd):
    with office(hosted.centre.lead) as actor, CaptureQueriesContext(connection) as asked:
        for guest in crowd:
            check_in_guest(actor=actor, now=FIRST, guest=guest)
    updates = [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
    assert len(updates) == CROWD
    # Beside its statement each has the two of its own savepoint, and the moment of constraints.
    assert len(asked) <= 4 * CROWD, [each["sql"] for each in asked][:4]
    assert all(guest.arrived_at == FIRST for guest in guests_now())


def test_pages_of_three_hundred_take_few_queries(hosted, crowd, browser):
    for path in (
        page_of(hosted, "event_guests"),
        page_of(hosted, "event_door"),
        page_of(hosted, "event_door") + "?q=Guest",
    ):
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(path)
        own = [each["sql"] for each in asked if "training_" in each["sql"]]
        assert page.status_code == 200
        assert len(own) <= MOST_QUERIES, own
    page = browser.get(page_of(hosted, "event_guests")).content.decode()
    assert page.count("Guest ") >= CROWD


def test_the_second_scan_is_told_the_time_of_the_first(hosted):
    (guest,) = hosted.invite("ann")
    let_in(hosted, guest)
    said = refused("checked_in", lambda: let_in(hosted, guest, now=FIRST + HOUR))
    with office(hosted.centre.lead):
        shown = guests_now()[0].arrived_at
    assert shown == FIRST
    assert f"{timezone.localtime(FIRST):%H:%M}" in said


def test_only_who_is_expected_comes_in_while_the_door_is_open(hosted):
    ann, ben, cai = hosted.invite("ann", "ben", "cai")
    refused("door_closed", lambda: let_in(hosted, ann, now=FIRST - 4 * HOUR))
    refused("door_closed", lambda: let_in(hosted, ann, now=FIRST + DAY))
    with office(hosted.centre.lead) as actor:
        guests.answer_for(actor=actor, now=NOW, guest=ben, accepts=False)
        guests.remove_guests(actor=actor, now=NOW, guests=[cai])
    refused("not_expected", lambda: let_in(hosted, ben))
    refused("not_expected", lambda: let_in(hosted, cai))
    let_in(hosted, ann, now=FIRST - HOUR)
    with office(hosted.centre.lead) as actor:
        refused("wrong_state", lambda: guests.remove_guests(actor=actor, now=FIRST, guests=[ann]))
        refused(
            "wrong_state",
            lambda: guests.answer_for(actor=actor, now=FIRST, guest=ann, accepts=False),
        )


def test_somebody_else_is_taken_back(hosted):
    ann, ben = hosted.invite("ann", "ben")
    let_in(hosted, ann)
    with office(hosted.centre.lead) as actor:
        undo_check_in(actor=actor, now=FIRST, guest=ann)
        refused("wrong_state", lambda: undo_check_in(actor=actor, now=FIRST, guest=ben))
    assert [guest.arrived_at for guest in guests_now()] == [None, None]
    let_in(hosted, ann)


def test_an_organisation_lets_nobody_in(hosted, school):
    (guest,) = hosted.invite("ann", tenant=school.tenant)
    before = guest_rows()
    with portal(school.keeper) as actor, pytest.raises(NotPermitted):
        check_in_guest(actor=actor, now=FIRST, guest=guest)
    assert guest_rows() == before


# -- the page at the door ------------------------------------------------------------------------


def test_a_code_is_scanned_typed_and_found_by_name(hosted, browser):
    ann, ben, _cai = hosted.invite("ann", "ben", "cai")
    door = page_of(hosted, "event_door")
    page = browser.post(door, {"code": door_address(ann)}).content.decode()
    assert "Let in: ann" in page
    assert "1 of 3 have arrived" in page
    typed = f"{ben.code[:5]} {ben.code[5:]}".lower()
    assert browser.post(door, {"code": typed}).status_code == 200
    again = browser.post(door, {"code": ann.code})
    assert again.status_code == 409
    assert "Checked in already" in again.content.decode()
    page = browser.get(f"{door}?q=CAI").content.decode()
    ref = ref_of(guests_now()[2].pk, "guest")
    assert ref in page
    assert browser.post(door, {"guest": ref}).status_code == 200
    assert all(guest.arrived_at for guest in guests_now())
    browser.post(door, {"undo": ref})
    assert guests_now()[2].arrived_at is None


@pytest.mark.parametrize("code", ["", "AAAAAAAAAA", "x" * 400, "1 = 1"])
def test_what_is_no_code_of_the_list_lets_nobody_in(hosted, browser, code):
    hosted.invite("ann")
    answer = browser.post(page_of(hosted, "event_door"), {"code": code})
    assert answer.status_code == 422
    assert guests_now()[0].arrived_at is None


def test_a_guest_of_another_event_is_not_on_this_list(hosted, centre, browser):
    (elsewhere,) = Hosted(centre).invite("ann")
    door = page_of(hosted, "event_door")
    assert browser.post(door, {"code": elsewhere.code}).status_code == 422
    ref = ref_of(elsewhere.pk, "guest")
    assert browser.post(door, {"guest": ref}).status_code == 422
    assert browser.post(door, {"undo": ref}).status_code == 404


def test_a_phone_s_camera_leads_to_the_guest(hosted, browser):
    (guest,) = hosted.invite("ann")
    path = reverse("admin:event_guest", kwargs={"code": guest.code})
    assert path in door_address(guest)
    page = browser.get(path).content.decode()
    assert "ann" in page
    assert page_of(hosted, "event_door") in page
    assert guests_now()[0].arrived_at is None
    other = reverse("admin:event_guest", kwargs={"code": "AAAAAAAAAA"})
    assert browser.get(other).status_code == 404


def test_pages_of_the_door_are_the_staff_s(hosted, school, sign_in):
    (guest,) = hosted.invite("ann", tenant=school.tenant)
    browser = sign_in(school.keeper)
    paths = [page_of(hosted, view) for view in ("event_guests", "event_door", "event_invitations")]
    paths.append(reverse("admin:event_guest", kwargs={"code": guest.code}))
    for path in paths:
        assert browser.get(path).status_code in (302, 403, 404)
        assert browser.post(path, {"code": guest.code}).status_code in (302, 403, 404)
    assert guests_now()[0].arrived_at is None


def test_the_staff_names_and_invites_guests_of_an_organisation(hosted, school, browser):
    page = page_of(hosted, "event_guests")
    said = {"people": "Ann, ann@example.test\nBen", "language": "en"}
    browser.post(page, said | {"tenant": school.tenant.pk})
    browser.post(page_of(hosted, "event_invitations"))
    assert [(g.name, g.tenant_id, g.state) for g in guests_now()] == [
        ("Ann", school.tenant.pk, "invited"),
        ("Ben", school.tenant.pk, "listed"),
    ]
    shown = browser.get(f"{page}?state=listed").content.decode()
    assert "Ben" in shown
    assert "ann@example.test" not in shown


def test_the_code_is_found_in_whatever_is_scanned():
    assert code_in("https://park.example/staff/attendance/guests/23456789AB/") == "23456789AB"
    assert code_in(" 23456-789ab ") == "23456789AB"
    assert code_in("23456789A") == ""
    assert code_in("2345678901") == ""


@pytest.mark.django_db(transaction=True)
def test_of_many_scans_at_once_one_is_let_through(hosted):
    (guest,) = hosted.invite("ann")

    def scan(_turn):
        try:
            let_in(hosted, Guest(pk=guest.pk))
        except HasCheckedIn:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(scan, range(16))) == 1
