"""What beat starts for residency."""

from __future__ import annotations

from django.utils import timezone

from backbone.tasking import global_task
from residency.operations.reminders import remind_all


@global_task("residency.remind")
def remind() -> None:
    """Notices of stays that end; every hour, since each is told once however often it runs."""
    remind_all(timezone.now())
