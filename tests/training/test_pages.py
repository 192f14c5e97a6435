"""What a coordinator sees and does in the portal."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.refs import ref_of
from tests.training.making import S, booked, everything, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(school, sign_in):
    client = sign_in(school.keeper)
    client.cookies["django_language"] = "en"
    return client


def address(school, view, **values):
    return reverse(f"training:{view}", kwargs={"tenant": school.tenant.slug, **values})


def refs(seats):
    return [ref_of(seat.pk, "seat") for seat in seats]


def test_a_coordinator_books_blanks_names_them_and_gives_one_back(school, centre, browser):
    session = centre.session()
    page = browser.get(address(school, "sessions")).content.decode()
    assert "10 seats = 10" in page
    to = address(school, "booking", pk=session.pk)
    answer = browser.post(to, {"blanks": "3", "people": "", "party_rule": ""}, follow=True)
    assert "3 seats are yours" in answer.content.decode()
    learner = school.learner()
    browser.post(address(school, "names", pk=session.pk), {"people": learner.number})
    assert sorted(states()) == [S.BOOKED, S.HELD, S.HELD]
    page = browser.get(address(school, "session", pk=session.pk)).content.decode()
    assert learner.number in page
    assert "10 seats − 3 taken = 7" in page


def test_ticked_seats_are_asked_about_once_more(school, centre, browser):
    session = centre.session()
    seats = booked(school.keeper, session, blanks=2)
    to = address(school, "ticked", pk=session.pk, verb="release")
    before = everything()
    answer = browser.post(to, {"seat": refs(seats)})
    assert "2 seats" in answer.content.decode()
    assert everything() == before
    browser.post(to, {"seat": refs(seats[:1]), "sure": "1"})
    assert sorted(states()) == [S.HELD, S.RELEASED]


def test_a_refusal_keeps_what_was_typed_and_says_what_blocks(school, centre, browser):
    session = centre.session(capacity=2)
    to = address(school, "booking", pk=session.pk)
    page = browser.post(to, {"blanks": "3", "people": "", "party_rule": ""}).content.decode()
    assert "2 seats = 2" in page
    assert 'value="3"' in page
    assert states() == []


def test_numbers_that_are_not_in_the_register(school, other, centre, browser):
    stranger = other.learner()
    to = address(school, "booking", pk=centre.session().pk)
    page = browser.post(to, {"blanks": "", "people": stranger.number}).content.decode()
    assert f"Not in your register: {stranger.number}" in page


def test_a_neighbours_seats_are_not_there(school, other, centre, browser):
    session = centre.session()
    seats = booked(other.keeper, session, other.learners(1))
    page = browser.get(address(school, "session", pk=session.pk)).content.decode()
    assert other.tenant.name not in page
    assert browser.get(address(school, "naming", pk=seats[0].pk)).status_code == 404
    to = address(school, "ticked", pk=session.pk, verb="cancellation")
    browser.post(to, {"seat": refs(seats), "sure": "1"})
    assert states() == [S.BOOKED]
    assert browser.get(address(school, "agreement", pk=other.agreement.pk)).status_code == 404


def test_a_draft_is_not_there(school, centre, browser):
    draft = centre.draft()
    assert browser.get(address(school, "session", pk=draft.pk)).status_code == 404


def test_five_hundred_seats_within_twelve_queries(school, make_school, centre, browser):
    big = make_school(seats=600)
    session = centre.session(capacity=600)
    booked(big.keeper, session, big.learners(5), blanks=495)
    client = type(browser)()
    client.force_login(big.keeper.user)
    to = reverse("training:session", kwargs={"tenant": big.tenant.slug, "pk": session.pk})
    client.get(to)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(to)
    own = [q["sql"] for q in captured if "training_" in q["sql"] or "learners_" in q["sql"]]
    assert page.content.decode().count('name="seat"') == 500
    assert len(own) <= 12, own


def test_an_agreement_is_shown_line_by_line(school, centre, browser):
    booked(school.keeper, centre.session(), school.learners(1), blanks=2)
    page = browser.get(address(school, "agreement", pk=school.agreement.pk)).content.decode()
    assert "Remaining: 97" in page
    for which, count in (("used", 1), ("held", 2), ("blank", 2), ("waiting", 0)):
        page = browser.get(address(school, "seats", which=which)).content.decode()
        assert f"{count} seat" in page
    assert browser.get(address(school, "seats", which="nothing")).status_code == 404


def test_an_enterprise_books_its_people(owner, make, centre, sign_in):
    colleague = make.member(owner.tenant, "member")
    session = centre.session()
    client = sign_in(owner)
    to = reverse("training:booking", kwargs={"tenant": owner.tenant.slug, "pk": session.pk})
    refs_of = [ref_of(m.pk, "membership") for m in (owner, colleague)]
    client.post(to, {"people": refs_of, "blanks": "", "party_rule": ""})
    assert states() == [S.BOOKED] * 2
