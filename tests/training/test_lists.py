"""A list of people as a file: looked at row by row, then seated."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter
from django.urls import reverse

from tests.learners.conftest import sheet
from tests.training.making import S, booked, everything, seats_now, states

pytestmark = pytest.mark.django_db
HEADERS = ["学号", "姓名"]


@pytest.fixture
def browser(school, sign_in):
    client = sign_in(school.keeper)
    client.cookies["django_language"] = "en"
    return client


def send(browser, school, session, content, name="list.csv"):
    to = reverse("training:list", kwargs={"tenant": school.tenant.slug, "pk": session.pk})
    file = BytesIO(content)
    file.name = name
    return browser.post(to, {"file": file})


def put_in(browser, school, session, page, **values):
    where = {"tenant": school.tenant.slug, "pk": session.pk}
    numbers = page.context["form"].initial["people"]
    return browser.post(reverse("training:list_seats", kwargs=where), {"people": numbers, **values})


def rows_of(page):
    return [row.verdict.value for row in page.context["plan"].rows]


def test_blank_seats_are_named_and_the_others_booked(browser, school, centre):
    session = centre.session()
    booked(school.keeper, session, blanks=2)
    learners = school.learners(3)
    page = send(
        browser, school, session, sheet(*[[s.number, s.name] for s in learners], headers=HEADERS)
    )
    assert (page.status_code, rows_of(page)) == (202, ["seat"] * 3)
    assert states() == [S.HELD] * 2
    put_in(browser, school, session, page)
    assert states() == [S.BOOKED] * 3
    assert {seat.learner_id for seat in seats_now()} == {s.pk for s in learners}


def test_each_row_says_what_is_wrong_with_it(browser, school, other, centre):
    session = centre.session()
    has, good = school.learners(2)
    booked(school.keeper, session, [has])
    page = send(
        browser, school, session,
        sheet(
            [has.number, has.name], [good.number, good.name], [good.number, good.name],
            [other.learner().number, "王小明"], [school.learner().number, "别人"], ["", "无号"],
            headers=HEADERS,
        ),
    )  # fmt: skip
    assert rows_of(page) == ["same", "seat", *["wrong"] * 4]
    text = page.content.decode()
    for sentence in ("stands in the file before", "Not in your register", "another name"):
        assert sentence in text
    put_in(browser, school, session, page)
    again = send(browser, school, session, sheet([good.number, good.name], headers=HEADERS))
    assert rows_of(again) == ["same"]


def test_a_workbook_and_a_file_in_the_old_encoding(browser, school, centre):
    session, learner = centre.session(), school.learner()
    book = BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as written:
        page = written.add_worksheet()
        page.write_row(0, 0, HEADERS)
        page.write_row(1, 0, [learner.number, learner.name])
    assert rows_of(send(browser, school, session, book.getvalue(), "list.xlsx")) == ["seat"]
    old = sheet([learner.number, learner.name], headers=HEADERS, encoding="gb18030")
    assert rows_of(send(browser, school, session, old)) == ["seat"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no "),
        ("姓名\n王\n".encode(), "no column for the student number"),
        ("学号\n".encode(), "no rows"),
        (("学号\n" + "N1\n" * 1001).encode(), "at most 1000 rows"),
    ],
)
def test_a_file_that_is_no_list(browser, school, centre, content, said):
    page = send(browser, school, centre.session(), content)
    assert said in str(page.context["form"].errors["file"])
    assert states() == []


def test_when_there_are_not_enough_seats_nobody_or_the_rest_waits(browser, school, centre):
    session = centre.session(capacity=1)
    learners = school.learners(2)
    page = send(
        browser, school, session, sheet(*[[s.number, ""] for s in learners], headers=HEADERS)
    )
    before = everything()
    answer = put_in(browser, school, session, page)
    assert "1 seats = 1" in answer.content.decode()
    assert everything() == before
    put_in(browser, school, session, page, waits="on")
    assert states() == [S.BOOKED, S.WAITLISTED]
