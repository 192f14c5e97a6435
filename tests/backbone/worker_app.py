"""The portal's Celery application with jobs to be killed in, and with shorter pauses."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from typing import Any

from backbone.jobs import register
from park_portal.celery import app as app

SLICES = 40


def slices(job: Any, reporter: Any) -> dict[str, Any]:
    """Four seconds of work in one transaction; each slice leaves one row."""
    from django.utils import timezone

    from backbone.operations import notify

    with job.enter():
        for number in range(SLICES):
            notify(
                actor=job.actor,
                now=timezone.now(),
                user_id=job.requested_by_id,
                kind="slice",
                title=f"slice {number}",
            )
            reporter.report(done=number, total=SLICES, note=str(os.getpid()))
            time.sleep(0.1)
    return {"slices": SLICES}


def deadly(job: Any, reporter: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stamp(job: Any, reporter: Any) -> dict[str, Any]:
    """Forgets wall one: writes its organisation's number on every notice that it can reach."""
    from backbone.models import Notice

    with job.enter():
        return {"reached": Notice.objects.update(url=f"/{job.tenant_id}/")}


register("test.slices", slices, label="Slices")
register("test.deadly", deadly, label="Deadly")
register("test.stamp", stamp, label="Stamp")


@app.on_after_configure.connect
def shorten(sender: Any, **_signal: Any) -> None:
    schedule = {name: dict(entry) for name, entry in sender.conf.beat_schedule.items()}
    schedule["relay"]["schedule"] = schedule["sweep-jobs"]["schedule"] = 1.0
    if os.environ.get("TEST_SWEEPER") == "off":
        del schedule["sweep-jobs"]
    sender.conf.beat_schedule = schedule


@app.on_after_finalize.connect
def shorten_silence(sender: Any, **_signal: Any) -> None:
    from backbone.models import jobs

    jobs.SILENCE = timedelta(seconds=2)
