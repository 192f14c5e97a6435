"""Pages of attendance: the code on the screen, one's own seat, the roll, settling, evidence."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from backbone.progress import Silent
from certificates.models import Certificate
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted
from learners.operations import change_learner
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.spaces.making import office, portal
from tests.training.making import DAY, HOUR
from tests.training.teaching import AFTER, FIRST, Held
from training import check_in_codes, personal_links
from training.attendance_home import staff_work
from training.models import AttendanceMark, Feedback, MarkKind, Session
from training.operations.evidence import start_pack, write_pack
from training.operations.feedback import give_feedback
from training.operations.naming import name_seats
from training.operations.sessions import finish_session

M = MarkKind


@pytest.fixture
def clock(monkeypatch):
    """Pages ask what time it is; here it is said."""

    def _set(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return _set


@pytest.fixture
def held(centre, school):
    made = Held(centre, school, learners=2)
    for place, learner in enumerate(made.people):
        said = {name: str(getattr(learner, name)) for name in ("number", "name", "programme", "entry_year")}  # fmt: skip
        with portal(school.keeper) as actor:
            said |= {"mobile": f"1380000{place:04d}"}
            change_learner(actor=actor, now=FIRST, learner=learner, said=said)
    made.begin()
    return made


def marks():
    with enter(Identity(STAFF)):
        return list(AttendanceMark.objects.order_by("pk").values_list("seat", "kind", "source"))


def coming(held, place=0, **other):
    learner = held.people[place]
    return {"number": learner.number.lower(), "digits": f"{place:04d}"} | other


# -- the code on the screen ----------------------------------------------------------------------


def test_a_learner_checks_in_by_the_code(held, clock):
    clock(FIRST)
    client, path = Client(), check_in_codes.path_of(held.dates[0], FIRST)
    assert client.get(path).status_code == 200
    # Typing takes longer than the code is good for.
    clock(FIRST + timedelta(minutes=3))
    answer = client.post(path, coming(held))
    assert answer.status_code == 200
    assert marks() == [(held.seats[0].pk, M.PRESENT, "code")]
    again = client.post(path, coming(held))
    assert again.status_code == 409
    assert len(marks()) == 1


def test_a_code_that_is_too_old_opens_nothing_elsewhere(held, clock):
    clock(FIRST)
    path = check_in_codes.path_of(held.dates[0], FIRST)
    first = Client()
    first.get(path)
    clock(FIRST + timedelta(minutes=2))
    # Passed on to a browser that did not open it in time, and typed too slowly.
    assert Client().get(path).status_code == 404
    assert Client().post(path, coming(held)).status_code == 404
    clock(FIRST + timedelta(minutes=6))
    assert first.post(path, coming(held)).status_code == 404
    assert marks() == []


@pytest.mark.parametrize("other", [{"digits": "9999"}, {"number": "N999999"}, {"digits": "abcd"}])
def test_whoever_is_not_known_is_not_checked_in(held, clock, other):
    clock(FIRST)
    client, path = Client(), check_in_codes.path_of(held.dates[0], FIRST)
    client.get(path)
    answer = client.post(path, coming(held) | other)
    assert answer.status_code == 422
    assert held.people[0].name not in answer.content.decode()
    assert marks() == []


def test_digits_are_not_tried_out(held, clock):
    clock(FIRST)
    client, path = Client(REMOTE_ADDR="203.0.113.7"), check_in_codes.path_of(held.dates[0], FIRST)
    client.get(path)
    statuses = [client.post(path, coming(held, digits="9999")).status_code for _turn in range(11)]
    assert statuses == [422] * 10 + [429]
    assert client.post(path, coming(held)).status_code == 429
    assert marks() == []


def test_with_the_own_link_one_button_is_enough(held, clock):
    clock(FIRST)
    client = Client()
    token = personal_links.token_of(held.seats[0], held.school.tenant.slug)
    assert client.get(reverse("training_seat", kwargs={"token": token})).status_code == 200
    path = check_in_codes.path_of(held.dates[0], FIRST)
    assert client.get(path).context["has_link"]
    assert client.post(path, {"own": "yes"}).status_code == 200
    assert marks() == [(held.seats[0].pk, M.PRESENT, "code")]


def test_the_own_link_alone_checks_nobody_in(held, clock):
    """Without the code of the room: the page has no button for it."""
    clock(FIRST)
    token = personal_links.token_of(held.seats[0], held.school.tenant.slug)
    path = reverse("training_seat", kwargs={"token": token})
    assert Client().post(path, {"own": "yes"}).status_code == 405
    assert marks() == []


# -- one's own seat ------------------------------------------------------------------------------


def own_page(held, seat=None):
    token = personal_links.token_of(seat or held.seats[0], held.school.tenant.slug)
    return reverse("training_seat", kwargs={"token": token})


def test_a_seat_that_changes_hands_takes_its_link_along_to_nobody(centre, school):
    held = Held(centre, school)
    path = own_page(held)
    assert Client().get(path).status_code == 200
    with portal(school.keeper) as actor:
        name_seats(actor=actor, now=FIRST - 5 * DAY, names={held.seats[0]: school.learner()})
    assert Client().get(path).status_code == 404


def test_a_link_ends_so_long_after_the_last_date(held, clock):
    clock(FIRST + DAY + 3 * HOUR + personal_links.DAYS_AFTER)
    assert Client().get(own_page(held)).status_code == 200
    clock(FIRST + DAY + 3 * HOUR + personal_links.DAYS_AFTER + timedelta(seconds=1))
    assert Client().get(own_page(held)).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "a" + t, lambda t: "nonsense"])
def test_a_link_that_was_not_signed_opens_nothing(held, change):
    token = personal_links.token_of(held.seats[0], held.school.tenant.slug)
    path = reverse("training_seat", kwargs={"token": change(token)})
    assert Client().get(path).status_code == 404


def test_a_learner_says_how_it_was_once_and_afterwards(held, clock):
    said = {"content": "5", "teaching": "4", "value": "5", "comment": "好"}
    path = own_page(held)
    clock(FIRST)
    assert Client().post(f"{path}feedback/", said).status_code == 422
    clock(AFTER)
    assert Client().post(f"{path}feedback/", said | {"value": "6"}).status_code == 422
    assert Client().post(f"{path}feedback/", said).status_code == 302
    assert Client().post(f"{path}feedback/", said).status_code == 422
    with enter(Identity(STAFF)):
        assert Feedback.objects.get().teaching == 4


def test_whoever_was_not_there_says_nothing(held):
    held.mark(M.ABSENT)
    with office(held.centre.lead) as actor:
        finish_session(actor=actor, now=AFTER, session=held.session)
    held.settle()
    with enter_tenant(held.school.tenant.pk), pytest.raises(DomainError) as refused:
        give_feedback(
            actor=Actor(None, held.school.tenant.pk), now=AFTER, seat=held.seats[0],
            content=1, teaching=1, value=1,
        )  # fmt: skip
    assert refused.value.code == "not_there"


def test_the_holder_finds_the_certificate_on_the_own_page(held, clock):
    held.mark()
    with office(held.centre.lead) as actor:
        finish_session(actor=actor, now=AFTER, session=held.session)
    held.settle()
    clock(AFTER)
    page = Client().get(own_page(held))
    assert Client().get(page.context["certificate_path"]).status_code == 200


# -- the staff's pages ---------------------------------------------------------------------------


def staff(name, **kwargs):
    return reverse(f"admin:{name}", kwargs=kwargs)


def roll(held, **other):
    """As the page sends it when nobody touched it."""
    said = {"source": "staff", "rest": "", "reason": ""}
    for seat in held.seats:
        said |= {f"kind-{seat.pk}": "", f"minutes-{seat.pk}": "", f"shown-{seat.pk}": ""}
    return said | other


def test_the_roll_is_called_on_one_page(held, sign_in, clock):
    clock(FIRST)
    client, path = sign_in(held.centre.lead), staff("attendance_date", pk=held.dates[0].pk)
    page = client.get(path).content.decode()
    assert all(learner.number in page for learner in held.people)
    one, two = held.seats
    said = {f"kind-{one.pk}": M.LATE, f"minutes-{one.pk}": "90", "source": "sheet"}
    assert client.post(path, roll(held, **said)).status_code == 302
    assert client.post(path, roll(held, rest=M.ABSENT)).status_code == 302
    assert marks() == [(one.pk, M.LATE, "sheet"), (two.pk, M.ABSENT, "staff")]


def test_what_nobody_touched_stays_as_it_is(held, sign_in, clock):
    """A page that was opened before somebody scanned the code does not undo that."""
    clock(FIRST)
    client, path = sign_in(held.centre.lead), staff("attendance_date", pk=held.dates[0].pk)
    before = roll(held)
    held.mark(seats=held.seats[:1], dates=held.dates[:1], now=FIRST)
    assert client.post(path, before | {f"kind-{held.seats[1].pk}": M.ABSENT}).status_code == 302
    assert [kind for _seat, kind, _source in marks()] == [M.PRESENT, M.ABSENT]
    late = before | {f"kind-{held.seats[0].pk}": M.ABSENT, "reason": "x"}
    answer = client.post(path, late)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert len(marks()) == 2


def test_the_code_and_the_sheet_are_for_staff_of_the_centre(held, sign_in, make, park, clock):
    clock(FIRST)
    pk = held.dates[0].pk
    paths = [staff("attendance")]
    paths += [staff(f"attendance_{name}", pk=pk) for name in ("date", "code", "sheet")]
    paths += [staff("attendance_session", pk=held.session.pk)]
    paths += [staff("attendance_history", pk=pk, seat=held.seats[0].pk)]
    finance = make.member(park, "finance", is_staff=True)
    for who, status in ((held.centre.lead, 200), (finance, 403), (held.school.keeper, 302)):
        client = sign_in(who)
        assert {client.get(path).status_code for path in paths} == {status}
    shown = sign_in(held.centre.lead).get(paths[2])
    assert check_in_codes.path_of(held.dates[0], FIRST) in shown.content.decode()


def test_results_are_filled_in_and_the_session_settled_on_its_page(centre, school, sign_in, clock):
    held = Held(centre, school, learners=2, test_required=True)
    held.finish()
    held.mark()
    clock(AFTER)
    client, page = sign_in(centre.lead), staff("attendance_session", pk=held.session.pk)
    shown = client.get(page)
    assert len(shown.context["problems"]) == 1
    one, two = held.seats
    said = {f"passed-{one.pk}": "yes", f"score-{one.pk}": "86", f"passed-{two.pk}": "no"}
    results = staff("attendance_results", pk=held.session.pk)
    assert client.post(results, said | {"reason": ""}).status_code == 302
    settlement = staff("attendance_settlement", pk=held.session.pk)
    assert client.get(page).context["new"] == 1
    client.post(settlement)
    with enter(Identity(STAFF)):
        assert Certificate.objects.get().source_id == one.pk
        assert Session.objects.get(pk=held.session.pk).state == "settled"
    client.post(settlement)
    with enter(Identity(STAFF)):
        assert Certificate.objects.count() == 1
    assert client.get(page).status_code == 200


# -- the organisation's page ---------------------------------------------------------------------


def test_a_university_sees_its_own_seats_alone(held, other, sign_in):
    theirs = Held(held.centre, other)
    held.mark(dates=held.dates[:1])
    path = reverse("training:attendance", kwargs={"tenant": held.school.tenant.slug, "pk": held.session.pk})  # fmt: skip
    page = sign_in(held.school.keeper).get(path)
    assert [row.seat for row in page.context["rows"]] == held.seats
    assert [[mark and mark.kind for mark in row.marks] for row in page.context["rows"]] == [[M.PRESENT, None]] * 2  # fmt: skip
    foreign = reverse("training:attendance", kwargs={"tenant": other.tenant.slug, "pk": held.session.pk})  # fmt: skip
    assert sign_in(other.keeper).get(foreign).context["rows"] == []
    assert theirs.seats[0].pk not in {row.seat.pk for row in page.context["rows"]}
    book = sign_in(held.school.keeper).get(f"{path}export.xlsx")
    cells = str(CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python())  # fmt: skip
    assert held.people[0].number in cells
    assert "/seats/" in cells


def test_attendance_of_many_costs_no_more_than_of_one(centre, school, sign_in, django_assert_max_num_queries):  # fmt: skip
    held = Held(centre, school, learners=10)
    held.begin()
    held.mark(dates=held.dates[:1])
    path = reverse("training:attendance", kwargs={"tenant": school.tenant.slug, "pk": held.session.pk})  # fmt: skip
    client = sign_in(school.keeper)
    with django_assert_max_num_queries(22):
        assert client.get(path).status_code == 200


# -- evidence ------------------------------------------------------------------------------------


def test_the_evidence_holds_every_part(centre, school, park):
    held = Held(centre, school, learners=2, test_required=True)
    held.finish()
    held.mark(M.ABSENT, seats=held.seats[:1], dates=held.dates[:1])
    held.mark(M.PRESENT, seats=held.seats[:1], dates=held.dates[:1], reason="Signed the sheet")
    held.mark()
    held.result(True, score=91)
    held.result(False, seat=held.seats[1])
    held.settle()
    with office(centre.lead) as actor:
        job = start_pack(actor=actor, now=AFTER, session=held.session, language="en")
    with job.enter():
        document = write_pack(actor=job.actor, now=AFTER, reporter=Silent(), **job.payload)
        with document.open() as file, zipfile.ZipFile(BytesIO(file.read())) as archive:
            names, book = archive.namelist(), archive.read("evidence.xlsx")
    with enter(Identity(STAFF)):
        number = Certificate.objects.get().number
    assert f"{number}.pdf" in names
    assert len([name for name in names if name.startswith("sheets/")]) == 2
    sheets = CalamineWorkbook.from_filelike(BytesIO(book))
    told = {name: str(sheets.get_sheet_by_name(name).to_python()) for name in sheets.sheet_names}
    assert list(told) == ["Application", "Plan", "Teachers", "Roster", "Attendance", "Marks and corrections", "Results"]  # fmt: skip
    assert held.session.code in told["Application"]
    assert "Absent" in told["Marks and corrections"], "what was corrected is told"
    assert "Signed the sheet" in told["Marks and corrections"]
    assert "91" in told["Results"]
    assert all(learner.number in told["Roster"] for learner in held.people)


def test_only_staff_of_the_centre_ask_for_evidence(held, make, park):
    finance = make.member(park, "finance", is_staff=True, password=None)
    for enters, who in ((office, finance), (portal, held.school.keeper)):
        with enters(who) as actor, pytest.raises(NotPermitted):
            start_pack(actor=actor, now=AFTER, session=held.session, language="en")


# -- the staff's first page ----------------------------------------------------------------------


def test_the_first_page_names_dates_to_mark_and_sessions_to_settle(centre, school):
    held = Held(centre, school)
    held.begin()
    over = FIRST + 4 * HOUR

    def work(now):
        with office(centre.lead) as actor:
            return [each.to.view for each in staff_work(actor=actor, now=now)]

    assert work(FIRST + HOUR) == [], "while it goes on"
    assert work(over) == ["admin:attendance_date"]
    held.mark(dates=held.dates[:1])
    assert work(over) == []
    with office(centre.lead) as actor:
        finish_session(actor=actor, now=AFTER, session=held.session)
    assert work(AFTER) == ["admin:attendance_session"]
    held.mark(dates=held.dates[1:])
    held.settle()
    assert work(AFTER) == []


def test_whoever_marks_nothing_has_no_such_work(centre, school, make, park):
    Held(centre, school).finish()
    finance = make.member(park, "finance", is_staff=True, password=None)
    with office(finance) as actor:
        assert staff_work(actor=actor, now=AFTER) == []
