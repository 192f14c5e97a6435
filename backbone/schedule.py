"""What beat starts, and how often.

Each has an expiry as long as its pause: while no worker runs, one of each waits and no more
pile up.
"""

from __future__ import annotations

from typing import Any


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "relay": _every(5, "backbone.relay"),
    "sweep-jobs": _every(15, "backbone.sweep_jobs"),
    "heartbeat": _every(20, "backbone.heartbeat"),
    "seal-trail": _every(3600, "backbone.seal_trail"),
    "tidy": _every(3600, "backbone.tidy"),
    # Every hour, not once a day: a beat that is started anew counts its pause from the start.
    "remind-residents": _every(3600, "residency.remind"),
    "remind-of-bills": _every(3600, "billing.remind"),
    "give-up-waiting-for-payments": _every(60, "payments.give_up_waiting"),
    "release-idle-hours": _every(900, "training.release_idle"),
}
