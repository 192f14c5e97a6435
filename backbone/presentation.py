"""Jobs and files as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from backbone.jobs import UnknownKind, label_of, registered
from backbone.models import Document, Job
from backbone.models.jobs import JobState
from backbone.operations.jobs import may_manage
from backbone.purposes import label_of as purpose_label
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.money import format_number
from tenants.models import Tenant

TONES = {
    JobState.QUEUED: "neutral",
    JobState.RUNNING: "info",
    JobState.SUCCEEDED: "success",
    JobState.FAILED: "danger",
    JobState.CANCELLED: "warning",
}


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job in the eyes of one reader."""

    job: Job
    tenant: Tenant
    actor: Actor

    @property
    def label(self) -> Sentence:
        return label_of(self.job.kind)

    @property
    def tone(self) -> str:
        return TONES[JobState(self.job.state)]

    @property
    def url(self) -> str:
        return self._address("backbone:job")

    @property
    def poll_url(self) -> str:
        """Where the moving part is asked for again; "" once there is nothing to wait for."""
        return "" if self.job.is_finished else self._address("backbone:job_progress")

    @property
    def cancel_url(self) -> str:
        possible = not self.job.is_finished and not self.job.is_being_cancelled
        return self._address("backbone:job_cancellation") if possible and self._mine else ""

    @property
    def resume_url(self) -> str:
        possible = self.job.is_resumable
        return self._address("backbone:job_resumption") if possible and self._mine else ""

    @property
    def result_url(self) -> str:
        """The page with the result; "" while there is none."""
        if self.job.state != JobState.SUCCEEDED:
            return ""
        self.job.tenant = self.tenant
        try:
            return registered(self.job.kind).result_url(self.job)
        except UnknownKind:
            return ""

    @property
    def counts(self) -> str:
        """``1,200 of 5,000``, or how much is done while the end is not known."""
        done, total = format_number(self.job.done), format_number(self.job.total)
        if self.job.total:
            return _("%(done)s of %(total)s") % {"done": done, "total": total}
        return done if self.job.done else ""

    @property
    def doing(self) -> str:
        """What it is doing now, in a few words."""
        if self.job.is_being_cancelled:
            return _("Stopping after the current step")
        if self.job.state == JobState.QUEUED:
            return _("Waiting for a free worker")
        return self.job.note or str(self.label)

    @property
    def _mine(self) -> bool:
        return may_manage(self.actor, self.job)

    def _address(self, view: str) -> str:
        return reverse(view, kwargs={"tenant": self.tenant.slug, "pk": self.job.pk})


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A file in the list."""

    document: Document
    tenant: Tenant

    @property
    def purpose(self) -> Sentence:
        return purpose_label(self.document.purpose)

    @property
    def url(self) -> str:
        return self._address("backbone:file")

    @property
    def link_url(self) -> str:
        """Where a link for another device is asked for."""
        return self._address("backbone:file_link")

    def _address(self, view: str) -> str:
        return reverse(view, kwargs={"tenant": self.tenant.slug, "pk": self.document.pk})
