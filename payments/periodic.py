"""What beat starts."""

from __future__ import annotations

from django.utils import timezone

from backbone.tasking import global_task
from payments.operations import settling


@global_task("payments.give_up_waiting")
def give_up_waiting() -> None:
    """Every minute, so that a payer who waits is told soon that nobody knows."""
    settling.give_up_waiting(timezone.now())
