"""A list of people as a file: looked at row by row, then seated."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter
from django.urls import reverse
from python_calamine import CalamineWorkbook

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


def test_the_wrong_rows_come_back_as_a_file_to_mend(browser, school, other, centre):
    session = centre.session()
    good, stranger = school.learner(), other.learner()
    rows = [good.number, good.name], ["=1+1", "无号"], [stranger.number, "王小明"]
    page = send(browser, school, session, sheet(*rows, headers=HEADERS))
    where = {"tenant": school.tenant.slug, "pk": session.pk}
    to, told = reverse("training:list_wrong", kwargs=where), page.context["wrong"]
    written = browser.post(to, {"rows": told, "kind": "csv"}).content.decode("utf-8-sig")
    assert "Not in your register" in written
    assert "'=1+1" in written
    assert good.number not in written
    workbook = browser.post(to, {"rows": told, "kind": "xlsx"})
    cells = CalamineWorkbook.from_filelike(BytesIO(workbook.content)).get_sheet_by_index(0)
    assert [row[2] for row in cells.to_python()[1:]] == [3, 4]
    # The file is a list itself: mended, it is uploaded.
    mended = written.replace("'=1+1", school.learner().number).replace("无号", "王小明")
    assert rows_of(send(browser, school, session, mended.encode())) == ["seat", "wrong"]
    assert states() == []


def test_a_list_without_wrong_rows_offers_no_file(browser, school, centre):
    learner = school.learner()
    rows = sheet([learner.number, learner.name], headers=HEADERS)
    page = send(browser, school, centre.session(), rows)
    assert page.context["wrong"] == ""
    assert b'name="rows"' not in page.content


def test_what_this_page_has_not_packed_becomes_no_file(browser, school, other, centre, sign_in):
    session, another = centre.session(), centre.session()
    told = send(browser, school, session, sheet(["X", "y"], headers=HEADERS)).context["wrong"]

    def status(client, keeper, pk, rows, kind="csv"):
        where = {"tenant": keeper.tenant.slug, "pk": pk}
        to = reverse("training:list_wrong", kwargs=where)
        return client.post(to, {"rows": rows, "kind": kind}).status_code

    assert status(browser, school, session.pk, told) == 200
    assert status(browser, school, session.pk, told, "exe") == 404
    assert status(browser, school, session.pk, told[:-1]) == 404
    assert status(browser, school, another.pk, told) == 404
    assert status(sign_in(other.keeper), other, session.pk, told) == 404
