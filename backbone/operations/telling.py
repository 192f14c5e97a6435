"""Telling whoever asked for a job how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.jobs import label_of
from backbone.models.jobs import Job, JobState
from backbone.operations.mails import send_mail_to
from backbone.operations.notices import notify
from backbone.sentences import in_every_language
from foundation.actors import Actor

# Whoever waited longer has gone to do something else: the notice comes by mail as well.
LONG_WAIT = timedelta(minutes=2)
TITLES = {
    JobState.SUCCEEDED: _("%(job)s is done"),
    JobState.FAILED: _("%(job)s did not succeed"),
}


def tell_requester(job: Job, actor: Actor, now: datetime) -> None:
    """A notice, and after a long wait a mail; nothing for a job that nobody in person asked for."""
    if job.requested_by_id is None or job.requested_by is None:
        return
    title, params = TITLES[JobState(job.state)], {"job": label_of(job.kind)}
    path = reverse("backbone:job", kwargs={"tenant": job.tenant.slug, "pk": job.pk})
    key = f"job:{job.pk}:{job.times_queued}"
    notify(
        actor=actor,
        now=now,
        user_id=job.requested_by_id,
        kind=f"job.{job.state}",
        title=title,
        params=params,
        url=path,
        key=key,
    )
    if now - job.queued_at > LONG_WAIT:
        said = {"title": in_every_language(title, params), "reason": job.error}
        context = {"path": path, "said": said}
        send_mail_to(
            actor=actor,
            now=now,
            user=job.requested_by,
            template="backbone/mail/job_finished",
            context=context,
            key=key,
        )
