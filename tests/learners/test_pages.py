"""The pages of the register: what each role sees, what a button does, what leaves as a file."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backbone.models import Document, Job
from backbone.runner import perform
from foundation.refs import ref_of
from learners import operations
from learners.models import Consent, Learner, RosterUpload
from learners.queries import PAGE_ROWS
from learners.registries import section
from learners.views import lists
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.gateway.conftest import Program, make_key
from tests.learners.conftest import NOW, WANG, row, sheet

pytestmark = pytest.mark.django_db
LEARNERS = "/o/binhai-university/learners/"


def text_of(response):
    return response.content.decode()


@pytest.fixture
def many(put_in):
    """More than two pages of them."""
    put_in(sheet(*(row(place) for place in range(2 * PAGE_ROWS + 5))))


# -- who sees what -----------------------------------------------------------------------------


def test_a_coordinator_sees_all_and_a_member_sees_it_masked(browser, record, member, sign_in):
    own = record()
    other = sign_in(member)
    for path in (LEARNERS, reverse("learners:learner", args=["binhai-university", own.pk])):
        shown = text_of(browser.get(path))
        assert "王小明" in shown
        assert "13800000001" in shown
        masked = text_of(other.get(path))
        assert "王**" in masked
        assert "138 **** 0001" in masked
        assert not any(word in masked for word in ("王小明", "13800000001", WANG["email"]))
        assert "/learning/" not in masked
        assert 'method="post" action="/o/' not in masked


def test_a_member_finds_nobody_by_name_or_mobile(record, member, sign_in, browser):
    record()
    other = sign_in(member)
    for q in ("王小明", "13800000001"):
        assert len(browser.get(LEARNERS, {"q": q}).context["rows"]) == 1
        assert other.get(LEARNERS, {"q": q}).context["rows"] == []
    assert len(other.get(LEARNERS, {"q": "2026"}).context["rows"]) == 1


def test_park_staff_see_masked_rows_and_counts(record, university, staff, sign_in):
    record()
    page = sign_in(staff).get(reverse("admin:learners_learner_changelist"))
    shown = text_of(page)
    assert "王**" in shown
    assert "(1)" in shown
    one = Learner.objects.get().pk
    detail = text_of(sign_in(staff).get(reverse("admin:learners_learner_change", args=[one])))
    for private in ("王小明", "13800000001", WANG["email"], WANG["number"]):
        assert private not in shown + detail
    with enter(Identity(STAFF, staff.tenant_id)):
        told = section(staff.actor(is_staff=True), university, NOW)
    assert told is not None
    assert [line.value for line in told.lines] == ["1", "1", "0"]
    assert told.lines[1].warning


# -- the list ----------------------------------------------------------------------------------


def test_pages_hold_everybody_once_there_and_back(browser, many):
    query: dict[str, str] = {}
    seen, ways = [], []
    while True:
        page = browser.get(LEARNERS, query).context["page"]
        seen += [each.number for each in page.rows]
        ways.append(page)
        if not page.older:
            break
        query = {"after": page.older}
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 2 * PAGE_ROWS + 5
    back = browser.get(LEARNERS, {"before": ways[-1].newer}).context["page"]
    assert [each.pk for each in back.rows] == [each.pk for each in ways[1].rows]
    assert browser.get(LEARNERS, {"after": "nonsense"}).context["page"].rows[0].number == seen[0]


def test_filters_stand_in_the_address(browser, put_in, actor):
    put_in(sheet(row(1), row(2, 专业="物流管理"), row(3)), declares_consent=False)
    first, second, third = Learner.objects.order_by("number")
    operations.declare_consent(actor=actor, now=NOW, learner=first)
    operations.release_learner(actor=actor, now=NOW, learner=third)
    wanted = {
        "": [first, second],
        "consent=none": [second],
        "consent=given": [first],
        "consent=withdrawn": [],
        "programme=物流管理": [second],
        "state=left": [third],
        "state=all": [first, second, third],
        "entry_year=1999&state=nonsense": [first, second],
    }
    for query, found in wanted.items():
        page = browser.get(f"{LEARNERS}?{query}")
        assert [each.learner for each in page.context["rows"]] == found, query


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_shown_leaves_as_a_file(browser, record, kind):
    record(programme="=2+2")
    record(number="2", name="李四")
    answer = browser.get(f"{LEARNERS}export.{kind}", {"q": "王"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert "attachment" in answer["Content-Disposition"]
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        header, found = csv.reader(StringIO(content.decode("utf-8-sig")))
        assert header[:4] == ["Student number", "Full name", "Programme", "Entry year"]
        assert found[:3] == ["20260101", "王小明", "'=2+2"]
    else:
        assert content.startswith(b"PK")


@pytest.mark.django_db(transaction=True)
def test_a_large_export_is_made_by_a_job(browser, keeper, university, monkeypatch):
    with enter_tenant(university.pk, user_id=keeper.user_id):
        for number in ("1", "2"):
            said = WANG | {"number": number}
            operations.record_learner(actor=keeper.actor(), now=NOW, said=said)
    monkeypatch.setattr(lists, "DIRECT_ROWS", 1)
    answer = browser.get(f"{LEARNERS}export.csv")
    with enter_tenant(university.pk):
        job = Job.objects.get()
    assert answer["Location"].endswith(f"/jobs/{ref_of(job.pk, 'job')}/")
    perform(tenant_id=university.pk, job_id=job.pk)
    with enter_tenant(university.pk):
        written = Document.objects.get(purpose="learners.exported")
        with written.open() as file:
            assert len(file.read().splitlines()) == 3


# -- one learner -------------------------------------------------------------------------------


def test_the_form_keeps_what_was_typed_and_names_the_field(browser, inside):
    answer = browser.post(LEARNERS + "new/", WANG | {"mobile": "12", "name": "钱七"})
    assert list(answer.context["form"].errors) == ["mobile"]
    assert "钱七" in text_of(answer)
    assert not Learner.objects.exists()
    assert browser.post(LEARNERS + "new/", WANG).status_code == 302
    again = browser.post(LEARNERS + "new/", WANG)
    assert "has this student number already" in text_of(again)
    assert Learner.objects.count() == 1


def test_buttons_do_what_they_say(browser, record, inside):
    own = record()

    def press(button, **said):
        path = reverse(f"learners:{button}", args=["binhai-university", own.pk])
        answer = browser.post(path, said, follow=True)
        own.refresh_from_db()
        return text_of(answer)

    assert "The changes are kept" in press("change", **(WANG | {"programme": "物流管理"}))
    assert "The consent is recorded" in press("consent")
    assert "recorded already" in press("consent")
    assert "was taken back" in press("withdrawal")
    assert "on its way" in press("sending")
    assert "a moment ago" in press("sending")
    before = own.link_nonce
    assert "a new link" in press("new_link")
    assert own.link_nonce != before
    assert "First record" in press("erasure")
    assert "has left" in press("leaving")
    assert own.state == "left"
    assert "is back" in press("returning")
    press("leaving")
    assert "is erased" in press("erasure")
    assert own.name == ""
    assert Consent.objects.count() == 1


def test_a_namesake_with_the_same_mobile_is_pointed_out(browser, record):
    own, other = record(), record(number="OTHER-1")
    shown = text_of(browser.get(reverse("learners:learner", args=["binhai-university", own.pk])))
    assert "Perhaps one person" in shown
    assert other.number in shown


# -- rosters -----------------------------------------------------------------------------------


def test_a_roster_goes_from_upload_to_the_register(browser, inside):
    content = sheet(row(1), row(2), row(3, 年级="soon"))
    page = browser.post(
        LEARNERS + "rosters/", {"file": SimpleUploadedFile("九月.csv", content)}, follow=True
    )
    shown = text_of(page)
    counts = dict(re.findall(r'data-count="(\w+)">(\d+)<', shown))
    assert counts == {"wrong": "1", "new": "2"}
    assert "Entry year" in shown
    assert "soon" in shown
    assert not Learner.objects.exists()
    address = page.request["PATH_INFO"]
    assert browser.get(f"{address}wrong.csv").content.count(b"\r\n") == 2
    seen = page.context["form"].initial["seen"]
    refused = browser.post(address, {"seen": seen, "amount": "all"})
    assert "Wrong rows: 1" in text_of(refused)
    stale = browser.post(address, {"seen": "old", "amount": "good"})
    assert "has changed since you looked" in text_of(stale)
    assert not Learner.objects.exists()
    said = {"seen": seen, "amount": "good", "declares_consent": "on"}
    done = browser.post(address, said, follow=True)
    assert "New learners: 2" in text_of(done)
    assert Consent.objects.count() == 2
    again = browser.post(address, said, follow=True)
    assert "New learners: 2" in text_of(again)
    assert Learner.objects.count() == 2
    assert "九月.csv" in text_of(browser.get(LEARNERS + "rosters/"))


def test_an_encoding_is_chosen_on_a_page_of_its_own(browser, inside):
    content = "Student number,Name,Programme,Year\n1,王芳,物流,2026\n".encode("gb18030")
    page = browser.post(
        LEARNERS + "rosters/", {"file": SimpleUploadedFile("a.csv", content)}, follow=True
    )
    assert "王芳" in text_of(page)
    wrong = browser.post(page.request["PATH_INFO"], {"encoding": "koi8-r"})
    assert wrong.context["form"].errors
    page = browser.post(page.request["PATH_INFO"], {"encoding": "gb18030"}, follow=True)
    assert page.context["plan"].rows[0].values["name"] == "王芳"


def test_a_file_that_is_no_roster_is_refused_on_the_page(browser, inside):
    page = browser.post(LEARNERS + "rosters/", {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")})
    assert "no column for" in text_of(page)
    assert not RosterUpload.objects.exists()


def test_a_file_can_be_discarded(browser, upload):
    own = upload(sheet(row(1)))
    path = reverse("learners:discarding", args=["binhai-university", own.pk])
    assert browser.post(path)["Location"] == LEARNERS + "rosters/"
    assert not RosterUpload.objects.exists()


# -- home and API ------------------------------------------------------------------------------


def test_home_tells_who_keeps_the_register_what_waits(browser, put_in, upload, member, sign_in):
    put_in(sheet(row(1), row(2)))
    upload(sheet(row(3)))
    home = "/o/binhai-university/"
    shown = text_of(browser.get(home))
    assert "2 learners have given no consent" in shown
    assert f"{LEARNERS}?consent=none" in shown
    assert "waits for your decision" in shown
    assert "given no consent" not in text_of(sign_in(member).get(home))


def test_a_coordinator_is_offered_no_search_for_orders(browser, inside, owner, sign_in):
    """It would lead to a refusal."""
    assert "data-search" not in text_of(browser.get("/o/binhai-university/"))
    assert "data-search" in text_of(sign_in(owner).get("/o/haihe/"))


def test_a_program_reads_the_register_as_a_coordinator_only(make, university, record, actor):
    owner = make.member(university, "owner")
    own = record()
    record(number="2", name="李四")
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    program = Program(str(make_key(owner, "coordinator")[1]))
    page = program.get("learners", {"limit": 1}).json()
    assert [each["name"] for each in page["data"]] == ["李四"]
    following = program.get("learners", {"limit": 1, "cursor": page["next"]}).json()
    assert following["next"] is None
    assert following["data"][0]["has_consent"] is True
    assert program.get(f"learners/{ref_of(own.pk, 'learner')}").json()["mobile"] == "13800000001"
    assert len(program.get("learners", {"consent": "none"}).json()["data"]) == 1
    assert program.get("learners", {"consent": "perhaps"}).status_code == 422
    weaker = Program(str(make_key(owner, "member")[1]))
    assert weaker.get("learners").status_code == 403
    assert weaker.get(f"learners/{ref_of(own.pk, 'learner')}").status_code == 403
