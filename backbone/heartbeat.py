"""A worker's sign of life, read by /readyz."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache import cache

WORKER_HEARTBEAT = "worker-heartbeat"
# Beat sends one every 20 seconds; three may be missed.
HEARTBEAT_LIMIT_SECONDS = 60
KEPT_SECONDS = 3600

logger = logging.getLogger(__name__)


def beat(**_signal: Any) -> None:
    """Say that a worker of this portal is alive now; receives Celery's ``worker_ready`` too."""
    try:
        cache.set(WORKER_HEARTBEAT, time.time(), KEPT_SECONDS)
    except Exception:  # noqa: BLE001  a sign of life must not end what it is a sign of
        logger.warning("the worker's sign of life could not be written")


def seconds_since_beat() -> float | None:
    """How long ago a worker last answered; None when none has for an hour."""
    seen = cache.get(WORKER_HEARTBEAT)
    return None if seen is None else max(time.time() - seen, 0.0)
