"""What jobs and messages mean for an organisation that leaves the park."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from backbone.events import Event
from backbone.jobs import kinds_after_leaving, label_of
from backbone.models import Job, OutboxMessage
from backbone.models.jobs import FINISHED, JobQuerySet, JobState
from foundation.actors import Actor
from foundation.home import Destination
from foundation.refs import ref_of
from tenants.models import Tenant

RUNNING = _("A job is not finished: %(job)s")
UNSENT = _("Messages that are not delivered yet: %(count)s")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    """A job that has not ended writes at any moment, so it blocks; messages go out afterwards
    as well, so they only warn."""
    for job in _unfinished(tenant.pk):
        yield ClearanceItem(
            "job_unfinished",
            RUNNING,
            {"job": label_of(job.kind)},
            key=ref_of(job.pk, "job"),
            to=Destination("backbone:job", {"pk": job.pk}),
            staff_to=Destination("admin:backbone_job_change", {"object_id": job.pk}),
        )
    if unsent := OutboxMessage.objects.filter(tenant=tenant, done_at=None).count():
        yield ClearanceItem(
            "messages_undelivered",
            UNSENT,
            {"count": unsent},
            blocking=False,
            staff_to=Destination("admin:backbone_outboxmessage_changelist"),
        )


def stop_jobs(actor: Actor, now: datetime, event: Event) -> None:
    """A job that two people let pass does not go on for an organisation that has left."""
    for job in _unfinished(event.tenant_id).select_for_update():
        job.cancel_requested_at = job.cancel_requested_at or now
        if job.state == JobState.QUEUED:
            job.move_to(JobState.CANCELLED)
            job.finished_at = now
        job.save(update_fields=["cancel_requested_at", "state", "finished_at"])


def _unfinished(tenant_id: int) -> JobQuerySet:
    own = Job.objects.filter(tenant_id=tenant_id).exclude(state__in=FINISHED)
    return own.exclude(kind__in=kinds_after_leaving()).order_by("pk")
