"""Starting, cancelling and resuming jobs, and what becomes of lost ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from backbone import sweeper
from backbone.jobs import UnknownKind
from backbone.models import Job, Notice, OutboxMessage
from backbone.models.jobs import MAX_TRIES, TRANSITIONS, JobState
from backbone.operations import request_cancel, resume_job, start_job
from backbone.operations.jobs import claim_job, fail_job, succeed_job
from backbone.progress import Reporter
from foundation.errors import DomainError, NotPermitted, WrongState
from tenants.isolation.context import enter_tenant

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def sent(monkeypatch):
    """The jobs that the workers were told of."""
    calls = []
    monkeypatch.setattr(
        "backbone.tasks.run_job.apply_async", lambda kwargs: calls.append(kwargs["job_id"])
    )
    return calls


def put(job, **values):
    with enter_tenant(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(**values)


def do(operation, job, actor, **values):
    with enter_tenant(job.tenant_id, user_id=actor.user_id):
        return operation(actor=actor, now=timezone.now(), job=job, **values)


def running(job, **values):
    with enter_tenant(job.tenant_id):
        claim_job(actor=job.actor, now=timezone.now(), job_id=job.pk)
    put(job, heartbeat_at=timezone.now() - LONG_AGO, **values)


def failed(job):
    running(job)
    do(fail_job, job, job.actor, code="x", message="No.")


def test_starting_writes_the_job_and_its_message(start, actor):
    job = start(file=7)
    assert (job.state, job.payload, job.requested_by_id) == ("queued", {"file": 7}, actor.user_id)
    with enter_tenant(job.tenant_id):
        message = OutboxMessage.objects.get()
    assert (message.kind, message.payload) == ("job.run", {"job_id": job.pk})


def test_an_unknown_kind_is_refused_and_nothing_written(actor):
    with enter_tenant(actor.tenant_id), pytest.raises(UnknownKind):
        start_job(actor=actor, now=timezone.now(), kind="no.such", payload={})
    with enter_tenant(actor.tenant_id):
        assert not Job.objects.exists()
        assert not OutboxMessage.objects.exists()


def test_a_waiting_job_is_cancelled_at_once(start, actor, reload):
    job = start()
    do(request_cancel, job, actor)
    assert reload(job).state == "cancelled"


def test_a_running_job_is_asked_to_stop(start, actor, reload):
    job = start()
    running(job)
    do(request_cancel, job, actor)
    assert (reload(job).state, reload(job).is_being_cancelled) == ("running", True)


def test_resuming_gives_all_tries_again_and_a_message_of_its_own(start, actor, reload):
    job = start()
    failed(job)
    do(resume_job, job, actor)
    found = reload(job)
    assert (found.state, found.tries, found.error, found.finished_at) == ("queued", 0, {}, None)
    with enter_tenant(job.tenant_id):
        assert OutboxMessage.objects.filter(kind="job.run").count() == 2


@pytest.mark.parametrize("operation", [request_cancel, resume_job])
def test_a_finished_job_stays_finished(start, actor, reload, operation):
    job = start()
    running(job)
    do(succeed_job, job, job.actor, result={})
    with pytest.raises(WrongState):
        do(operation, job, actor)
    assert reload(job).state == "succeeded"


@pytest.mark.parametrize(
    ("operation", "state"), [(request_cancel, "queued"), (resume_job, "failed")]
)
def test_a_colleague_needs_a_leading_role(start, make, enterprise, reload, operation, state):
    job = start()
    if state == "failed":
        failed(job)
    with pytest.raises(NotPermitted):
        do(operation, job, make.member(enterprise, "operations").actor())
    assert reload(job).state == state
    do(operation, job, make.member(enterprise, "manager").actor())
    assert reload(job).state != state


@pytest.mark.parametrize("operation", [request_cancel, resume_job])
def test_a_stranger_finds_no_such_job(start, make, neighbour, reload, operation):
    job, stranger = start(), make.member(neighbour, "owner").actor()
    with enter_tenant(neighbour.pk), pytest.raises(DomainError) as refusal:
        operation(actor=stranger, now=timezone.now(), job=job)
    assert refusal.value.code == "not_found"
    assert reload(job).state == "queued"


def test_the_one_map_of_steps():
    assert set(TRANSITIONS) == set(JobState)
    assert not TRANSITIONS[JobState.SUCCEEDED]
    job = Job(state=JobState.SUCCEEDED)
    for state in JobState:
        with pytest.raises(WrongState):
            job.move_to(state)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "paused"}, "job_state_known|job_finished_has_moment"),
        ({"done": 3, "total": 2}, "job_progress_within_total"),
        ({"done": -1}, "job_progress_within_total"),
        ({"state": "succeeded"}, "job_finished_has_moment"),
        ({"state": "running"}, "job_running_has_heartbeat"),
        ({"error_code": "x"}, "job_failed_has_reason"),
    ],
)
def test_the_database_judges_too(start, values, constraint):
    job = start()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        put(job, **values)


def test_the_requester_is_told_once_in_both_languages(start, actor):
    job = start()
    failed(job)
    with enter_tenant(job.tenant_id):
        notice = Notice.objects.get(user_id=actor.user_id)
        assert notice.url == reverse("backbone:job", kwargs={"tenant": "haihe", "pk": job.pk})
        assert set(notice.title_said) == {"zh-hans", "en"}
        assert not OutboxMessage.objects.filter(kind="mail.send").exists()


def test_after_a_long_wait_a_mail_comes_too(start):
    job = start()
    put(job, queued_at=timezone.now() - LONG_AGO)
    failed(job)
    with enter_tenant(job.tenant_id):
        assert OutboxMessage.objects.filter(kind="mail.send").count() == 1


# -- the sweeper -----------------------------------------------------------------------------


def test_a_job_without_worker_is_queued_again(start, reload):
    job = start()
    running(job)
    assert sweeper.requeue_lost_jobs() == 1
    found = reload(job)
    assert (found.state, found.tries, found.times_queued) == ("queued", 1, 2)
    with enter_tenant(job.tenant_id):
        assert OutboxMessage.objects.filter(kind="job.run").count() == 2
    assert sweeper.requeue_lost_jobs() == 0


def test_a_silent_worker_that_lives_keeps_its_job(start, reload):
    job = start()
    running(job)
    with Reporter(tenant_id=job.tenant_id, job_id=job.pk) as alive:
        assert alive.locked
        assert sweeper.requeue_lost_jobs() == 0
        assert reload(job).state == "running"
    assert sweeper.requeue_lost_jobs() == 1


def test_without_asking_the_lock_a_living_worker_would_lose_its_job(start, reload, monkeypatch):
    """The control: the guard off, silence alone is taken for death."""
    monkeypatch.setattr(sweeper, "_lock_is_free", lambda job_id: True)
    job = start()
    running(job)
    with Reporter(tenant_id=job.tenant_id, job_id=job.pk):
        sweeper.requeue_lost_jobs()
    assert reload(job).state == "queued"


def test_a_job_that_reports_is_left_alone(start, reload):
    job = start()
    running(job)
    put(job, heartbeat_at=timezone.now())
    assert sweeper.requeue_lost_jobs() == 0


def test_after_three_workers_it_fails_and_can_be_resumed(start, actor, reload):
    job = start()
    running(job, tries=MAX_TRIES)
    sweeper.requeue_lost_jobs()
    found = reload(job)
    assert (found.state, found.error_code) == ("failed", "worker_lost")
    do(resume_job, job, actor)
    assert reload(job).state == "queued"


def test_a_lost_job_that_was_to_stop_is_cancelled(start, actor, reload):
    job = start()
    running(job)
    do(request_cancel, job, actor)
    sweeper.requeue_lost_jobs()
    assert reload(job).state == "cancelled"


def test_a_job_nobody_was_told_of_is_sent(start, sent, reload):
    job = start()
    assert sweeper.send_forgotten_jobs() == 0, "its message is on the way"
    put(job, queued_at=timezone.now() - timedelta(seconds=31))
    sweeper.send_forgotten_jobs()
    assert sent == [job.pk]
    assert reload(job).sent_at is not None
    assert sweeper.send_forgotten_jobs() == 0


def test_a_job_the_broker_forgot_is_sent_again(start, sent):
    job = start()
    put(job, sent_at=timezone.now() - timedelta(minutes=6))
    sweeper.send_forgotten_jobs()
    assert sent == [job.pk]


def test_the_outbox_tells_the_workers(start, sent):
    from backbone import relay

    job = start()
    relay.deliver_due()
    assert sent == [job.pk]


def test_a_cancelled_job_is_not_sent(start, sent, actor):
    from backbone import relay

    job = start()
    do(request_cancel, job, actor)
    relay.deliver_due()
    assert sent == []
