"""Results of a test as a file, and what learners thought, as the staff see them."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from backbone import relay
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.spaces.making import office
from tests.training.teaching import AFTER, Held
from training.models import TestResult
from training.operations import settling
from training.operations.feedback import give_feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(centre, school):
    made = Held(centre, school, learners=3, test_required=True)
    made.finish()
    return made


@pytest.fixture
def browser(held, sign_in, monkeypatch):
    client = sign_in(held.centre.lead)
    client.cookies["django_language"] = "en"
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    return client


def at(held, view, **values):
    return reverse(f"admin:{view}", kwargs={"pk": held.session.pk, **values})


def send(browser, held, text):
    file = io.BytesIO(text.encode())
    file.name = "results.csv"
    return browser.post(at(held, "results_upload"), {"file": file})


def filled(browser, held, *results):
    """The list to fill in, with these cells at the end of its rows."""
    body = browser.get(at(held, "results_to_fill", kind="csv")).content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(body))
    out = io.StringIO()
    csv.writer(out).writerows([head, *([*row[:3], *more] for row, more in zip(rows, results, strict=True))])  # fmt: skip
    return out.getvalue()


def verdicts(page):
    return [row.verdict.value for row in page.context["plan"].rows]


def record(browser, held, page, reason=""):
    rows = page.context["record"].initial["rows"]
    return browser.post(at(held, "results_recording"), {"rows": rows, "reason": reason})


def results():
    with enter(Identity(STAFF)):
        rows = TestResult.objects.counting().order_by("seat")
        return [(row.passed, None if row.score is None else float(row.score)) for row in rows]


def test_the_list_is_filled_in_looked_at_and_recorded(held, browser):
    page = send(browser, held, filled(browser, held, ["yes", "85.5"], ["不合格", ""], ["", ""]))
    assert (page.status_code, verdicts(page)) == (202, ["new", "new", "empty"])
    assert results() == []
    record(browser, held, page)
    assert results() == [(True, 85.5), (False, None)]
    again = filled(browser, held, ["yes", "85.50"], ["passed", "60"], ["", ""])
    page = send(browser, held, again)
    assert verdicts(page) == ["same", "correction", "empty"]
    # A correction has a reason.
    assert record(browser, held, page).status_code == 422
    assert results() == [(True, 85.5), (False, None)]
    record(browser, held, page, "Counted again")
    assert results() == [(True, 85.5), (True, 60.0)]


def test_each_row_says_what_is_wrong_with_it(held, browser):
    numbers = [learner.number for learner in held.people]
    text = f"学号,合格,成绩\n{numbers[0]},maybe,\n{numbers[1]},yes,101\nN0,yes,\n{numbers[2]},是,90\n{numbers[2]},是,91\n"  # fmt: skip
    page = send(browser, held, text)
    assert verdicts(page) == ["wrong", "wrong", "wrong", "new", "wrong"]
    shown = page.content.decode()
    for sentence in ("yes or no", "between 0 and 100", "Nobody with this number", "in the file before"):  # fmt: skip
        assert sentence in shown
    record(browser, held, page)
    assert results() == [(True, 90.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no "),
        ("学号\nN1\n", "needs a column"),
        ("学号,合格\n", "no rows"),
        ("学号,合格\n" + "N1,是\n" * 2001, "at most 2000 rows"),
    ],
)
def test_a_file_that_is_no_list_of_results(held, browser, text, said):
    page = send(browser, held, text)
    assert said in str(page.context["form"].errors["file"])
    assert results() == []


def test_what_the_page_has_not_packed_records_nothing(held, browser):
    page = send(browser, held, filled(browser, held, ["yes", ""], ["", ""], ["", ""]))
    rows = page.context["record"].initial["rows"]
    for wrong in (rows[:-1], "", "x" * 100):
        answer = browser.post(at(held, "results_recording"), {"rows": wrong, "reason": ""})
        assert answer.status_code == 404
    assert results() == []


def test_an_organisation_uploads_no_results(held, school, sign_in):
    browser = sign_in(school.keeper)
    assert send(browser, held, "学号,合格\n").status_code in (302, 403, 404)
    for path in (at(held, "results_to_fill", kind="csv"), at(held, "session_feedback")):
        assert browser.get(path).status_code in (302, 403, 404)


# -- feedback ------------------------------------------------------------------------------------


def think(held, place, content, comment=""):
    seat = held.seats[place]
    with enter_tenant(seat.tenant_id):
        give_feedback(
            actor=Actor(None, seat.tenant_id), now=AFTER, seat=seat, content=content, teaching=3,
            value=5, comment=comment,
        )  # fmt: skip


def test_averages_say_of_how_many_and_open_their_rows(held, browser):
    page = browser.get(at(held, "session_feedback")).content.decode()
    assert "Nobody has said anything yet" in page
    think(held, 0, 4, "More practice")
    think(held, 1, 5)
    page = browser.get(at(held, "session_feedback"))
    (content, *_others) = page.context["questions"]
    assert (content.average, content.count) == (4.5, 2)
    assert "More practice" in page.content.decode()
    for question in page.context["questions"]:
        for mark, number in question.marks:
            shown = browser.get(at(held, "session_feedback") + f"?{question.name}={mark}")
            assert len(shown.context["page"].object_list) == number
    only = browser.get(at(held, "session_feedback") + "?content=5").content.decode()
    assert "More practice" not in only


# -- settled -------------------------------------------------------------------------------------


def settled_mails(mailoutbox):
    relay.deliver_due()
    return {to: letter.body for letter in mailoutbox for to in letter.to}  # fmt: skip


def test_coordinators_and_who_booked_learn_that_it_is_settled(centre, school, make, mailoutbox, monkeypatch):  # fmt: skip
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    colleague = make.member(school.tenant, "coordinator", password=None)
    reader = make.member(school.tenant, "member", password=None)
    held = Held(centre, school, learners=2)
    held.finish()
    held.mark(seats=held.seats[:1])
    held.mark("absent", seats=held.seats[1:])
    mailoutbox.clear()
    held.settle()
    told = settled_mails(mailoutbox)
    assert {school.keeper.user.email, colleague.user.email} == set(told)
    assert reader.user.email not in told
    (first, second) = told.values()
    path = reverse("certificates:certificates", kwargs={"tenant": school.tenant.slug})
    assert path in first
    assert path in second
    # Issued once more, nobody is told again.
    mailoutbox.clear()
    with office(held.centre.lead) as actor:
        settling.issue_certificates(actor=actor, now=timezone.now(), session=held.session)
    assert settled_mails(mailoutbox) == {}
