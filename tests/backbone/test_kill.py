"""kill -9 of a worker, the child and the main process, in the middle of a job."""

from __future__ import annotations

import os
import signal

import pytest
from django.utils import timezone

from backbone.models import Job, Notice
from backbone.operations import start_job
from park_portal.embedded.redis import EmbeddedRedis
from tenants.isolation.context import enter_tenant
from tests.backbone.processes import Worker, wait_until
from tests.backbone.worker_app import SLICES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def redis(tmp_path):
    with EmbeddedRedis(tmp_path / "redis") as redis:
        yield redis


@pytest.fixture
def worker(tmp_path, redis):
    started = []

    def start(**environment):
        worker = Worker(tmp_path, redis, **environment)
        started.append(worker)
        worker.start()
        return worker

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def ask(actor):
    def ask(kind):
        with enter_tenant(actor.tenant_id, user_id=actor.user_id):
            return start_job(actor=actor, now=timezone.now(), kind=kind, payload={})

    return ask


def row(job):
    with enter_tenant(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def rows_left(job):
    with enter_tenant(job.tenant_id):
        return Notice.objects.filter(kind="slice").count()


def working_pid(job):
    """The child that works on it, once it has reported from the middle."""
    found = row(job)
    return int(found.note) if found.state == "running" and found.done > 3 else 0


def ended(job):
    found = row(job)
    return found if found.is_finished else None


def test_a_killed_child_loses_nothing(worker, ask):
    running, job = worker(), ask("test.slices")
    pid = wait_until(lambda: working_pid(job), 60)
    assert pid, running.log()
    assert pid != running.process.pid
    os.kill(pid, signal.SIGKILL)
    found = wait_until(lambda: ended(job), 60)
    assert found, running.log()
    assert (found.state, found.tries) == ("succeeded", 2)
    assert rows_left(job) == SLICES, "nothing half done, nothing twice"


def test_a_killed_main_process_loses_nothing(worker, ask):
    first, job = worker(), ask("test.slices")
    assert wait_until(lambda: working_pid(job), 60), first.log()
    first.kill()
    assert rows_left(job) == 0, "what was not committed is gone"
    assert row(job).state == "running", "nobody was left to say otherwise"
    second = worker()
    found = wait_until(lambda: ended(job), 60)
    assert found, second.log()
    assert (found.state, found.tries) == ("succeeded", 2)
    assert rows_left(job) == SLICES


def test_without_the_sweeper_a_killed_job_runs_forever(worker, ask):
    """The control: the guard off, the job of a killed main process is never settled."""
    first, job = worker(TEST_SWEEPER="off"), ask("test.slices")
    assert wait_until(lambda: working_pid(job), 60), first.log()
    first.kill()
    worker(TEST_SWEEPER="off")
    another = ask("test.slices")
    assert wait_until(lambda: ended(another), 60), "the new worker works"
    assert row(job).state == "running"


def test_a_job_that_always_kills_its_worker_stops_after_three_tries(worker, ask):
    running, job = worker(), ask("test.deadly")
    found = wait_until(lambda: ended(job), 90)
    assert found, running.log()
    assert (found.state, found.error_code, found.tries) == ("failed", "worker_lost", 3)
    assert found.is_resumable
