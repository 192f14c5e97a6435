"""Pages of jobs, files and notices, for whoever may see them and nobody else."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from backbone.models import Document, Job, Notice
from backbone.operations import notify, start_job, store_document
from backbone.operations.jobs import claim_job, fail_job
from tenants.isolation.context import enter_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(actor, kind):
    kind(lambda job, reporter: None, label="Order import", result_url=lambda job: "/result/")
    return make_job(actor)


def make_job(actor):
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        return start_job(actor=actor, now=timezone.now(), kind="test.job", payload={})


@pytest.fixture
def colleague(make, enterprise):
    return make.member(enterprise, "member")


@pytest.fixture
def stranger(make, neighbour):
    return make.member(neighbour, "owner")


def address(job, rest="", tenant="haihe"):
    return reverse("backbone:job", kwargs={"tenant": tenant, "pk": job.pk}) + rest


def file_address(pk, tenant="haihe"):
    return reverse("backbone:file", kwargs={"tenant": tenant, "pk": pk})


def test_list_and_page(sign_in, owner, job):
    client = sign_in(owner)
    assert b"Order import" in client.get("/o/haihe/jobs/").content
    page = client.get(address(job))
    assert page.status_code == 200
    assert b'role="progressbar"' in page.content
    assert b'http-equiv="refresh"' in page.content, "works without scripts"


def test_the_fragment_asks_again_until_the_job_is_finished(sign_in, owner, job, actor):
    client = sign_in(owner)
    asks = f'hx-get="{address(job, "progress/")}"'.encode()
    assert asks in client.get(address(job, "progress/")).content
    with enter_tenant(actor.tenant_id):
        claim_job(actor=job.actor, now=timezone.now(), job_id=job.pk)
        fail_job(actor=job.actor, now=timezone.now(), job=job, code="x", message="Row 3 is odd.")
    fragment = client.get(address(job, "progress/")).content
    assert asks not in fragment
    assert b"Row 3 is odd." in fragment
    assert address(job, "resumption/").encode() in fragment


def test_cancel_and_resume(sign_in, owner, job, reload):
    client = sign_in(owner)
    answer = client.post(address(job, "cancellation/"))
    assert (answer.status_code, answer.url) == (302, address(job))
    assert reload(job).state == "cancelled"
    client.post(address(job, "resumption/"))
    assert reload(job).state == "queued"


def test_changing_a_job_needs_a_post(sign_in, owner, job, reload):
    assert sign_in(owner).get(address(job, "cancellation/")).status_code == 405
    assert reload(job).state == "queued"


def test_cancelling_a_finished_job_says_so(sign_in, owner, job):
    client = sign_in(owner)
    client.post(address(job, "cancellation/"))
    answer = client.post(address(job, "cancellation/"), follow=True)
    assert answer.status_code == 200
    assert len(answer.context["messages"]) == 1


@pytest.mark.parametrize("rest", ["", "progress/"])
def test_a_weaker_colleague_does_not_see_it(sign_in, colleague, job, rest):
    client = sign_in(colleague)
    assert b"Order import" not in client.get("/o/haihe/jobs/").content
    assert client.get(address(job, rest)).status_code == 404


def test_a_stranger_gets_the_answer_for_what_is_not_there(sign_in, stranger, job, reload):
    client = sign_in(stranger)
    there = client.get(address(job, tenant="jinmen"))
    not_there = client.get(address(Job(pk=999999), tenant="jinmen"))
    assert (there.status_code, there.content) == (404, not_there.content)
    assert client.post(address(job, "cancellation/", tenant="jinmen")).status_code == 404
    assert reload(job).state == "queued"


def test_the_list_costs_the_same_for_many(sign_in, owner, actor, job):
    client = sign_in(owner)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/o/haihe/jobs/")
    for _n in range(8):
        make_job(actor)
    with CaptureQueriesContext(connection) as many:
        client.get("/o/haihe/jobs/")
    assert len(many) == len(few) <= 12


def test_pages_of_fifty(sign_in, owner, actor, job):
    with enter_tenant(actor.tenant_id):
        Job.objects.bulk_create(
            Job(tenant_id=actor.tenant_id, kind="test.job", payload={}) for _n in range(60)
        )
    client = sign_in(owner)
    first = client.get("/o/haihe/jobs/").context["page"]
    assert (len(first.rows), first.newer) == (50, None)
    second = client.get(f"/o/haihe/jobs/?after={first.older}").context["page"]
    assert (len(second.rows), second.older) == (11, None)
    back = client.get(f"/o/haihe/jobs/?before={second.newer}").context["page"]
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    for no_cursor in ("x", first.rows[9].pk):
        page = client.get("/o/haihe/jobs/", {"after": no_cursor}).context["page"]
        assert [row.pk for row in page.rows] == [row.pk for row in first.rows]


@pytest.fixture
def document(actor):
    with enter_tenant(actor.tenant_id):
        return store_document(
            actor=actor,
            now=timezone.now(),
            file=io.BytesIO(b"<script>alert(1)</script>"),
            name="../../九月 订单.html",
            purpose="test",
        )


def test_download(sign_in, owner, document):
    answer = sign_in(owner).get(file_address(document.pk))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%B9%9D")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "text/plain"
    assert "no-store" in answer["Cache-Control"]
    assert "九月 订单.html" in sign_in(owner).get("/o/haihe/jobs/files/").content.decode()


def test_a_file_whose_bytes_are_lost_says_so_and_is_logged(sign_in, owner, document, caplog):
    client = sign_in(owner)
    document.path.unlink()
    answer = client.get(file_address(document.pk), headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "The file is not there any more" in answer.content.decode()
    assert f"bytes missing: file {document.pk} of organisation {document.tenant_id}" in caplog.text


def test_download_is_refused_to_others(sign_in, colleague, stranger, document):
    assert sign_in(colleague).get(file_address(document.pk)).status_code == 404
    client = sign_in(stranger)
    there = client.get(file_address(document.pk, "jinmen"))
    not_there = client.get(file_address(999999, "jinmen"))
    assert (there.status_code, there.content) == (404, not_there.content)
    assert client.get(file_address(document.pk)).status_code == 404


def test_files_are_in_no_folder_that_is_served(document):
    assert settings.STATIC_ROOT not in document.path.parents
    assert Document.objects.count() == 0, "without an organisation no row is visible"


def tell(actor, membership, **values):
    with enter_tenant(actor.tenant_id):
        notify(
            actor=actor,
            now=timezone.now(),
            user_id=membership.user_id,
            kind="test",
            title="Something happened",
            **values,
        )
        return Notice.objects.latest("pk")


def notice_address(notice):
    return reverse("backbone:notice_reading", kwargs={"tenant": "haihe", "pk": notice.pk})


def test_notices_are_counted_read_and_lead_somewhere(sign_in, owner, actor):
    notice = tell(actor, owner, url="/o/haihe/jobs/")
    client = sign_in(owner)
    page = client.get("/o/haihe/notices/")
    assert b"Something happened" in page.content
    assert b'class="top-count">1<' in page.content
    assert client.get(notice_address(notice)).status_code == 405, "looking is not reading"
    assert b'class="top-count">1<' in client.get("/o/haihe/notices/").content
    answer = client.post(notice_address(notice))
    assert answer.url == "/o/haihe/jobs/"
    read = client.get("/o/haihe/notices/").content
    assert b"top-count" not in read
    assert b'<a href="/o/haihe/jobs/">Something happened</a>' in read


@pytest.mark.parametrize("url", ["", "/\\elsewhere.example/"])
def test_a_notice_that_leads_nowhere_leads_back_to_the_list(sign_in, owner, actor, url):
    notice = tell(actor, owner, url=url)
    answer = sign_in(owner).post(notice_address(notice))
    assert answer.url == "/o/haihe/notices/"
    assert b"elsewhere" not in sign_in(owner).get("/o/haihe/notices/").content


def test_all_notices_read_at_once(sign_in, owner, actor):
    tell(actor, owner)
    tell(actor, owner)
    client = sign_in(owner)
    client.post("/o/haihe/notices/reading/")
    assert b"top-count" not in client.get("/o/haihe/notices/").content


def test_nobody_reads_anothers_notice(sign_in, owner, colleague, actor, reload):
    notice = tell(actor, colleague)
    client = sign_in(owner)
    assert b"Something happened" not in client.get("/o/haihe/notices/").content
    assert client.post(notice_address(notice)).status_code == 404
    client.post("/o/haihe/notices/reading/")
    assert reload(notice).read_at is None


def test_empty_lists_say_what_will_stand_there(sign_in, owner):
    client = sign_in(owner)
    for page in ("jobs", "jobs/files", "notices"):
        assert b"empty-state" in client.get(f"/o/haihe/{page}/").content


def test_staff_see_jobs_without_what_they_work_on(sign_in, staff, job):
    client = sign_in(staff)
    assert b"haihe" in client.get("/staff/backbone/job/?state=queued").content.lower()
    page = client.get(f"/staff/backbone/job/{job.pk}/change/")
    assert page.status_code == 200
    assert b"payload" not in page.content
    assert client.post(f"/staff/backbone/job/{job.pk}/delete/").status_code == 403


def test_staff_do_not_read_an_enterprises_files(sign_in, staff, document):
    assert sign_in(staff).get(file_address(document.pk, "park")).status_code == 404
