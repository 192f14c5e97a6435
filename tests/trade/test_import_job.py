"""The import as a background job: done, cancelled in the middle, resumed, refused."""

from __future__ import annotations

import threading
from io import BytesIO

import pytest
from django.db import connection
from django.utils import timezone

from backbone import progress
from backbone.models import Job
from backbone.operations import request_cancel, resume_job
from backbone.runner import perform
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import HEADER, lines
from trade import operations
from trade.models import DailySales, Order, OrderImport
from trade.pipeline import lines as line_step

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = lines(*(f"{n},A,x,1,2011-02-01 10:00:00,2.00,,EIRE" for n in range(2000)))


def start(actor, content=CONTENT):
    now = timezone.now()
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        mapping = operations.adopt_preset(actor=actor, now=now, name="online-retail")
        own = operations.upload_orders(actor=actor, now=now, file=BytesIO(content), name="x.csv")
        own.mapping = mapping
        own.save()
        return operations.start_import(actor=actor, now=now, order_import=own)


def job_after(actor, own):
    perform(tenant_id=actor.tenant_id, job_id=own.job_id)
    with enter_tenant(actor.tenant_id):
        return Job.objects.get(pk=own.job_id)


def test_a_job_imports_and_tells_the_answer(actor):
    own = start(actor)
    job = job_after(actor, own)
    assert (job.state, job.percent, job.result["inserted"]) == ("succeeded", 100, 2000)
    with enter_tenant(actor.tenant_id):
        assert OrderImport.objects.get(pk=own.pk).result == {
            key: value for key, value in job.result.items() if key != "import_id"
        }


def test_cancelled_between_slices_leaves_nothing_and_can_be_resumed(actor, monkeypatch):
    own = start(actor)
    monkeypatch.setattr(line_step, "SLICE_PAGES", 2)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_UPDATES", 0)
    plain = progress.Reporter.report
    asked: list[str] = []

    def report(self, done=None, total=None, note=""):
        if note == "writing" and not asked:
            asked.append(note)
            elsewhere(cancel, actor, own.job_id)
        plain(self, done, total, note)

    with monkeypatch.context() as patched:
        patched.setattr(progress.Reporter, "report", report)
        assert job_after(actor, own).state == "cancelled"
    assert asked
    with enter_tenant(actor.tenant_id):
        assert not Order.objects.exists()
        assert not DailySales.objects.exists()
        job = Job.objects.get(pk=own.job_id)
        resume_job(actor=actor, now=timezone.now(), job=job)
    assert job_after(actor, own).result["inserted"] == 2000


def cancel(actor, job_id):
    """What the page's button does."""
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        job = Job.objects.get(pk=job_id)
        request_cancel(actor=actor, now=timezone.now(), job=job)


def elsewhere(function, *arguments):
    """Run on another connection, as another request would."""

    def work():
        function(*arguments)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=20)


def test_a_job_cancelled_before_it_started_does_nothing(actor):
    own = start(actor)
    cancel(actor, own.job_id)
    assert job_after(actor, own).state == "cancelled"
    with enter_tenant(actor.tenant_id):
        assert not Order.objects.exists()


def test_a_file_that_cannot_be_read_fails_with_its_sentence(actor):
    header = HEADER.replace("Quantity", "Pieces")
    job = job_after(actor, start(actor, lines("1,A", header=header)))
    assert (job.state, job.error_code) == ("failed", "missing_columns")
    assert "Quantity" in job.reason
