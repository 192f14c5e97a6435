"""The check before an import: begun by a button, made by a job where the file is large."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from backbone.models import Document, Job
from foundation.refs import ref_of
from tenants.isolation.context import enter_tenant
from tests.trade.wizard import BAD, adopt, countries_of, page_of, run_jobs, text_of, upload
from trade.models import ImportMapping
from trade.operations.imports import REJECTED, REJECTED_DAYS
from trade.wizard import reports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(owner, sign_in):
    client = sign_in(owner)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def large(monkeypatch):
    """Every file is too large for a page to check."""
    monkeypatch.setattr(reports, "LARGEST_CHECKED_AT_ONCE", {"csv": 1, "xlsx": 1})


def test_a_large_file_is_checked_by_a_job(browser, enterprise, large):
    waiting = adopt(browser, upload(browser, BAD))
    assert 'role="progressbar"' in text_of(waiting)
    browser.get(page_of(waiting))
    with enter_tenant(enterprise.pk):
        assert Job.objects.count() == 1, "a reload starts no second check"
    run_jobs(enterprise)
    moved = browser.get(page_of(waiting), headers={"hx-request": "true"})
    assert moved.headers["HX-Redirect"] == page_of(waiting)
    assert browser.get(page_of(waiting)).context["report"]["rejected"] == 2


def test_the_rejected_rows_of_a_large_file_were_kept_by_its_check(
    browser, enterprise, large, monkeypatch
):
    """Writing them may take longer than the check: no page does it."""
    waiting = adopt(browser, upload(browser, BAD))
    run_jobs(enterprise)
    monkeypatch.setattr("trade.views.imports.rejected_rows", None)
    answer = browser.get(page_of(waiting).replace("preview/", "rejected.csv"), follow=True)
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["two", "four"]
    (job,) = check_jobs(enterprise)
    with enter_tenant(enterprise.pk):
        kept = Document.objects.get(pk=job.result["rejected_document"])
    assert kept.expires_on == timezone.localdate() + timedelta(days=REJECTED_DAYS)


def test_a_large_file_without_a_rejected_row_leaves_no_file(browser, enterprise, large):
    adopt(browser, upload(browser))
    run_jobs(enterprise)
    (job,) = check_jobs(enterprise)
    assert job.result["rejected_document"] is None
    with enter_tenant(enterprise.pk):
        assert Document.objects.filter(purpose=REJECTED).count() == 0


def test_rejected_rows_that_went_by_their_last_day_are_written_again(browser, enterprise, large):
    waiting = adopt(browser, upload(browser, BAD))
    run_jobs(enterprise)
    with enter_tenant(enterprise.pk):
        Document.objects.filter(purpose=REJECTED).delete()
    answer = browser.get(page_of(waiting).replace("preview/", "rejected.csv"))
    assert b"two" in b"".join(answer.streaming_content)


def check_jobs(tenant):
    with enter_tenant(tenant.pk):
        return list(Job.objects.filter(kind=reports.CHECK_JOB).order_by("pk"))


def press_check(browser, page):
    return browser.post(page_of(page).replace("preview/", "check/"), follow=True)


def test_looking_starts_no_check(browser, enterprise, large):
    """Somebody changed the mapping elsewhere: the page says so and waits for its button."""
    waiting = adopt(browser, upload(browser))
    with enter_tenant(enterprise.pk):
        ImportMapping.objects.update(home_country="GB")
    stale = browser.get(page_of(waiting))
    assert "Not checked as it would be read now" in text_of(stale)
    assert browser.head(page_of(waiting)).status_code == 200
    assert browser.post(page_of(waiting), {"amount": "good"}).status_code == 200
    assert len(check_jobs(enterprise)) == 1
    assert 'role="progressbar"' in text_of(press_check(browser, waiting))
    press_check(browser, waiting)
    assert len(check_jobs(enterprise)) == 2, "one that is at it is enough"


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_check_that_came_to_nothing_can_be_started_again(browser, enterprise, large, state):
    waiting = adopt(browser, upload(browser))
    (job,) = check_jobs(enterprise)
    ended = {"state": state, "finished_at": job.queued_at}
    broken = {"error_code": "broken", "error": {"en": "Out of paper."}}
    with enter_tenant(enterprise.pk):
        Job.objects.update(**ended, **(broken if state == "failed" else {}))
    asked = browser.get(page_of(waiting), headers={"hx-request": "true"})
    assert asked.headers["HX-Redirect"] == page_of(waiting)
    shown = text_of(browser.get(page_of(waiting)))
    assert "Check again" in shown
    assert ("Out of paper." in shown) == (state == "failed")
    assert "The file cannot be read with this mapping" not in shown, "it is not the file's fault"
    assert len(check_jobs(enterprise)) == 1
    press_check(browser, waiting)
    run_jobs(enterprise)
    assert browser.get(page_of(waiting)).context["report"]["sale_lines"] == 1


def test_labels_looked_up_have_a_large_file_checked_again(browser, enterprise, large):
    waiting = adopt(browser, upload(browser, BAD))
    run_jobs(enterprise)
    own = waiting.context["own"]
    link = f"{countries_of(own.mapping_id)}?import={ref_of(own.pk, 'import')}"
    form = browser.get(link).context["form"]
    name = next(name for name, label in form._names.items() if label == "Atlantis")
    browser.post(link, {name: "GR"})
    assert len(check_jobs(enterprise)) == 2
    run_jobs(enterprise)
    assert browser.get(page_of(waiting)).context["report"]["unmapped"] == []


def test_who_may_not_import_has_nothing_checked(
    browser, enterprise, large, make, sign_in, neighbour
):
    waiting = adopt(browser, upload(browser))
    with enter_tenant(enterprise.pk):
        ImportMapping.objects.update(home_country="GB")
    member = sign_in(make.member(enterprise, "member"))
    assert press_check(member, waiting).status_code == 403
    assert "Check again" not in text_of(member.get(page_of(waiting)))
    stranger = sign_in(make.member(neighbour, "owner"))
    assert press_check(stranger, waiting).status_code == 404
    assert len(check_jobs(enterprise)) == 1


def test_a_started_import_is_not_checked_any_more(browser, enterprise, large):
    waiting = adopt(browser, upload(browser))
    run_jobs(enterprise)
    started = browser.post(page_of(waiting), {"amount": "good"}, follow=True)
    assert page_of(press_check(browser, waiting)) == page_of(started)
    assert len(check_jobs(enterprise)) == 1
