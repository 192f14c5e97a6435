"""A course from its plan and the university's seats to certificates that anybody can verify.

The park's staff, a coordinator, an enterprise, a learner without an account, and a stranger who
was shown a certificate, in either language.
"""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import Charge
from certificates.models import Certificate
from foundation.refs import ref_of
from learners.operations import change_learner
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import TenantKind
from tests.browser.story import Story, browser, only, row_page, story
from tests.browser.walking import Walk
from tests.learners.conftest import sheet
from tests.proof import TOLD_IN
from tests.spaces.making import NOW, Grounds, portal
from tests.trade.wizard import run_jobs
from tests.training.making import DAY, HOUR, S, School, seats_now
from training.models import (
    Course,
    Programme,
    SeatAgreement,
    Session,
    SessionDate,
    Trainer,
)

__all__ = ["browser", "story"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

FIRST = NOW + 10 * DAY
MOBILE = "13800001234"


@pytest.fixture
def clock(monkeypatch):
    def _set(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return _set


@pytest.fixture
def school(make):
    university = make.tenant("tju", TenantKind.UNIVERSITY, name="天津某大学", name_en="TJU")
    return School(make.member(university, "coordinator"))


@pytest.fixture
def manager(make):
    return make.member(make.tenant("haihe", name="海河贸易", name_en="Haihe Trade"), "manager")


@pytest.mark.parametrize("language", TOLD_IN)
def test_from_the_plan_to_the_certificate(language, story, staff, school, manager, clock):
    told = story(language)
    clock(NOW)
    desk = told.member(staff, "staff")
    session = plan(desk, Grounds(staff).add("classroom"), school)
    keeper, firm = told.member(school.keeper, "coordinator"), told.member(manager, "enterprise")
    learners = book_as_university(keeper, school, session)
    book_as_enterprise(firm, session, manager)

    begun = FIRST + timedelta(minutes=2)
    clock(begun)
    desk = told.member(staff, "staff-in-class")
    teach(told, desk, session, learners)
    clock(FIRST + DAY)
    desk = told.member(staff, "staff-settles")
    settle(desk, session)
    number = fetch(told, school, told.member(school.keeper, "coordinator-after"))
    pay(told.member(manager, "enterprise-after"))
    verify(told.nobody("stranger"), number, learners[0].name)
    assert told.complaints == []


def moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def address(name: str, tenant: str, **more: Any) -> str:
    return reverse(f"training:{name}", kwargs={"tenant": tenant, **more})


def plan(desk: Walk, room: Any, school: School) -> Session:
    """Programme, course, trainer, session with its room and a share; the university's seats."""
    desk.go("/staff/training/programme/add/")
    desk.fill(code="cbec", name_zh="跨境电商", name_en="Cross-border e-commerce")
    desk.save()
    desk.go("/staff/training/trainer/add/")
    desk.fill(name_zh="陈老师", name_en="Ms Chen", title_zh="讲师", title_en="Lecturer")
    desk.save()
    desk.go("/staff/training/course/add/")
    desk.fill(
        programme=str(only(Programme).pk), code="listing", name_zh="商品上架", name_en="Listing"
    )
    desk.fill(minutes="180", price="300", test_required="on")
    desk.save()
    desk.go("/staff/training/session/add/")
    desk.fill(code="listing-1", course=str(only(Course).pk), capacity="6")
    desk.fill(opens_at=moment(NOW - HOUR), closes_at=moment(FIRST - DAY))
    desk.fill(cancel_until=moment(FIRST - 3 * DAY), hold_until=moment(FIRST - 5 * DAY))
    desk.fill(trainers=[str(only(Trainer).pk)])
    desk.save()
    row = row_page(only(Session))
    desk.step(
        row, "date", starts_at=moment(FIRST), ends_at=moment(FIRST + 3 * HOUR), space=str(room.pk)
    )
    desk.step(row, "share", tenant=str(school.tenant.pk), seats="4", until=moment(FIRST - 6 * DAY))
    desk.step(row, "opening")

    today = timezone.localdate(NOW)
    desk.go("/staff/training/seatagreement/add/")
    desk.fill(tenant=str(school.tenant.pk), seats="20")
    desk.fill(starts_on=f"{today:%Y-%m-%d}", ends_on=f"{today + 365 * DAY:%Y-%m-%d}")
    desk.save()
    desk.step(row_page(only(SeatAgreement)), "beginning")
    return only(Session)


def book_as_university(keeper: Walk, school: School, session: Session) -> list[Any]:
    """Blank seats in bulk, a list of people, another name, and more than its share is refused."""
    learners = school.learners(3)
    with portal(school.keeper) as actor:
        for learner in learners:
            change_learner(actor=actor, now=NOW, learner=learner, said=as_said(learner))
    keeper.go(address("agreements", "tju"))
    keeper.go(address("agreement", "tju", pk=only(SeatAgreement).pk))
    assert keeper.says("20")
    keeper.go(address("overview", "tju"))
    keeper.go(address("sessions", "tju"))
    keeper.go(address("session", "tju", pk=session.pk))
    keeper.go(address("booking", "tju", pk=session.pk))
    keeper.fill(blanks="5")
    keeper.send()
    assert keeper.says("5", "4")
    assert seats_now(session) == []
    keeper.fill(blanks="3")
    keeper.send()
    assert [seat.state for seat in seats_now(session)] == [S.HELD] * 3

    keeper.go(address("list", "tju", pk=session.pk))
    rows = [[each.number, each.name] for each in learners[:2]]
    content = sheet(*rows, ["N0", "没有"], headers=["学号", "姓名"])
    keeper.fill(file={"name": "名单.csv", "mimeType": "text/csv", "buffer": content})
    keeper.send()
    assert keeper.says("N0")
    keeper.send("/list/seats/")
    second = next(seat for seat in seats_now(session) if seat.learner_id == learners[1].pk)
    keeper.go(address("naming", "tju", pk=second.pk))
    keeper.fill(person=learners[2].number)
    keeper.send()
    keeper.go(address("session", "tju", pk=session.pk))
    keeper.fill(seat=[ref_of(seat.pk, "seat") for seat in seats_now(session) if seat.is_blank])
    keeper.page.locator(
        "[formaction$='/seats/release/'], [action$='/seats/release/'] [type=submit]"
    ).first.click()
    keeper.send()
    states = sorted(seat.state for seat in seats_now(session))
    assert states == [S.BOOKED, S.BOOKED, S.RELEASED]
    return [learners[0], learners[2]]


def as_said(learner: Any) -> dict[str, str]:
    names = ("number", "name", "programme", "entry_year")
    return {name: str(getattr(learner, name)) for name in names} | {"mobile": MOBILE}


def book_as_enterprise(firm: Walk, session: Session, manager: Any) -> None:
    """For one of its people, at the price of the session."""
    firm.go(address("sessions", "haihe"))
    firm.go(address("booking", "haihe", pk=session.pk))
    firm.fill(people=[ref_of(manager.pk, "membership")])
    firm.send()
    booked = [seat for seat in seats_now(session) if seat.state == S.BOOKED]
    assert [seat.membership_id for seat in booked if seat.membership_id] == [manager.pk]


def teach(told: Story, desk: Walk, session: Session, learners: list[Any]) -> None:
    """One comes and checks in by the code on the screen, staff mark the others."""
    desk.step(row_page(session), "closing")
    desk.step(row_page(session), "start")
    date = only(SessionDate)
    desk.go(reverse("admin:attendance"))
    desk.go(reverse("admin:attendance_code", kwargs={"pk": date.pk}))
    code = desk.page.locator(".door-link a").get_attribute("href") or ""
    student = told.nobody("student")
    student.go(code)
    student.fill(number=learners[0].number, digits=MOBILE[-4:])
    student.send()
    assert student.says("180")
    desk.go(reverse("admin:attendance_date", kwargs={"pk": date.pk}))
    desk.fill(rest="present")
    desk.send()


def settle(desk: Walk, session: Session) -> None:
    """Two have passed; they and nobody else get certificates."""
    desk.step(row_page(session), "finish")
    desk.go(reverse("admin:attendance_session", kwargs={"pk": session.pk}))
    for place, passed in enumerate(["yes", "no", "yes"]):
        desk.page.locator("select[name^='passed-']").nth(place).select_option(passed)
    desk.send("/results/?page=1")
    desk.send("/settlement/")
    states = sorted(seat.state for seat in seats_now(session))
    assert states == [S.FAILED, S.PASSED, S.PASSED, S.RELEASED]
    with enter(Identity(STAFF)):
        assert Certificate.objects.count() == 2


def fetch(told: Story, school: School, keeper: Walk) -> str:
    """The certificates of the university in one archive."""
    keeper.go(address("overview", "tju"))
    keeper.go("/o/tju/certificates/")
    keeper.send("/archive/")
    run_jobs(school.tenant)
    keeper.go(keeper.page.url)
    with keeper.page.expect_download() as download:
        keeper.page.locator("main a[href*='/files/']").first.click()
    with zipfile.ZipFile(BytesIO(download.value.path().read_bytes())) as archive:
        names = archive.namelist()
    own = only(Certificate, tenant=school.tenant)
    assert any(str(own.number) in name for name in names)
    return str(own.number)


def pay(firm: Walk) -> None:
    """It owes the price of one seat, and has the certificate of its own."""
    with enter(Identity(STAFF)):
        charge = Charge.objects.get()
    firm.go("/o/haihe/charges/")
    assert firm.says(f"{charge.amount:,.2f}")
    firm.go("/o/haihe/certificates/")


def verify(stranger: Walk, number: str, name: str) -> None:
    stranger.go("/verify/")
    stranger.fill(number=number.lower().replace("-", " "))
    stranger.send()
    assert stranger.says(number)
    assert not stranger.says(name)
