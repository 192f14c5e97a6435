"""Jobs: work that takes longer than a page may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.jobs import runs_after_leaving
from backbone.permissions import permissions
from backbone.sentences import for_reader
from foundation.actors import Actor
from foundation.errors import WrongState
from tenants import standing
from tenants.isolation.context import APP, Identity, enter
from tenants.models import Tenant

# A worker that reports at all does so far more often; silence alone proves nothing, see lost().
SILENCE = timedelta(seconds=30)
UNSENT = timedelta(seconds=30)
# Sent but never started: the broker may have lost it. A second copy finds nothing to do.
FORGOTTEN = timedelta(minutes=5)
MAX_TRIES = 3


class JobState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    SUCCEEDED = "succeeded", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")


FINISHED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})
RESUMABLE = frozenset({JobState.FAILED, JobState.CANCELLED})

TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # Back to the queue when its worker is gone.
    JobState.RUNNING: FINISHED | {JobState.QUEUED},
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
    JobState.SUCCEEDED: frozenset(),
}


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> JobQuerySet:
        """Park staff see every job; in an organisation everybody sees their own, leads all."""
        if actor.is_staff:
            return self if permissions.permits(actor, "see_all_jobs") else self.none()
        own = self.filter(tenant_id=actor.tenant_id)
        if permissions.permits(actor, "see_jobs_of_colleagues"):
            return own
        return own.filter(asked_by(actor))

    def silent(self, now: datetime) -> JobQuerySet:
        """Running without a sign of life; whether the worker is gone, only its lock tells."""
        return self.filter(state=JobState.RUNNING, heartbeat_at__lt=now - SILENCE)

    def unsent(self, now: datetime) -> JobQuerySet:
        """Queued, but no worker was told, or it was told so long ago that it may be forgotten."""
        never = Q(sent_at=None, queued_at__lt=now - UNSENT)
        return self.filter(never | Q(sent_at__lt=now - FORGOTTEN), state=JobState.QUEUED)


def asked_by(actor: Actor) -> Q:
    """The filter for jobs that this person or this API key asked for."""
    if actor.key_id is not None:
        return Q(requested_by_key_id=actor.key_id)
    return Q(requested_by_id=actor.user_id)


class Job(models.Model):
    """A piece of background work for one organisation, with its progress and its outcome.

    ``payload`` holds ids and choices, never data: the handler reads those afresh. While a job
    runs, its row belongs to the worker's reporter; a handler must not lock or change it.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=60)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    # The API key of a program that asked; keys lie on a higher floor, so no foreign key.
    requested_by_key_id = models.BigIntegerField(null=True, editable=False)
    request_id = models.CharField(_("request"), max_length=64, blank=True, default="")
    payload = models.JSONField(_("payload"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED
    )
    done = models.BigIntegerField(_("done"), default=0)
    # 0 while the end is not known.
    total = models.BigIntegerField(_("of"), default=0)
    note = models.CharField(_("now at"), max_length=200, blank=True, default="")
    # Workers that took it up since a person last asked for it.
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    # Times it entered the queue; names the message that sends it.
    times_queued = models.PositiveIntegerField(default=1)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    cancel_requested_at = models.DateTimeField(_("cancel requested"), null=True)
    queued_at = models.DateTimeField(_("queued"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    result = models.JSONField(_("result"), default=dict)
    error_code = models.CharField(_("error"), max_length=60, blank=True, default="")
    error = models.JSONField(_("reason"), default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["tenant", "-id"], name="job_newest"),
            models.Index(
                fields=["state", "heartbeat_at"],
                condition=Q(state__in=["queued", "running"]),
                name="job_unfinished",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(done__gte=0) & (Q(total=0) | Q(total__gte=F("done"))),
                name="job_progress_within_total",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at=None)
                | Q(state__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False),
                name="job_finished_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="job_running_has_heartbeat",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(error_code=""))
                | (~Q(state="failed") & Q(error_code="")),
                name="job_failed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_resumable(self) -> bool:
        return self.state in RESUMABLE

    @property
    def is_being_cancelled(self) -> bool:
        return self.state == JobState.RUNNING and self.cancel_requested_at is not None

    @property
    def percent(self) -> int | None:
        """Share done, 0 to 100, rounded down; None while the end is not known."""
        if self.state == JobState.SUCCEEDED:
            return 100
        return self.done * 100 // self.total if self.total else None

    @property
    def reason(self) -> str:
        """Why it failed, in the reader's language."""
        return for_reader(self.error)

    def was_asked_by(self, actor: Actor) -> bool:
        if actor.key_id is not None:
            return actor.key_id == self.requested_by_key_id
        return actor.user_id is not None and actor.user_id == self.requested_by_id

    def move_to(self, state: str) -> None:
        """Set the state; raises WrongState where TRANSITIONS has no such step. Does not save."""
        if state not in TRANSITIONS[self.state]:
            raise WrongState
        self.state = state

    @contextmanager
    def enter(self) -> Iterator[Identity]:
        """One transaction of the job's work, as its organisation.

        Raises HasLeft when the organisation has left, but for the kinds of job that are its own
        business even then.
        """
        with self.enter_to_settle() as identity:
            if not runs_after_leaving(self.kind):
                standing.require_present(self.tenant_id)
            yield identity

    def enter_to_settle(self) -> AbstractContextManager[Identity]:
        """One transaction as the job's organisation, recorded as the person who asked for it."""
        return enter(
            Identity(
                APP,
                self.tenant_id,
                self.requested_by_id,
                self.request_id,
                self.requested_by_key_id,
            )
        )

    @property
    def actor(self) -> Actor:
        """The system at work for the organisation; whoever asked was checked when asking."""
        return Actor(user_id=None, tenant_id=self.tenant_id, request_id=self.request_id)
