"""What beat starts for the training centre."""

from __future__ import annotations

from django.utils import timezone

from backbone.tasking import global_task
from training.operations.idle import release_all


@global_task("training.release_idle")
def release_idle() -> None:
    """Idle hours go to students; every quarter of an hour, since each is put to use once."""
    release_all(timezone.now())
