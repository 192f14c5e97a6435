"""When each of the portal's processes can really do its work."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from park_portal.embedded import paths

Ready = Callable[[float], bool]  # given when the process was started, in seconds since the epoch


def web_ready(port: int) -> Ready:
    """It answers /readyz with 200, which asks the database and Redis too."""

    def ready(started: float) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return ready


@cache
def _celery() -> Any:
    from celery import Celery

    return Celery(broker=os.environ.get("REDIS_URL") or paths.celery_broker_url())


def worker_ready(node: str) -> Ready:
    """It answers a ping through the broker."""

    def ready(started: float) -> bool:
        return bool(_celery().control.ping(destination=[node], timeout=0.3))

    return ready


def beat_ready(schedule: Path) -> Ready:
    """It has written its schedule since it was started."""

    def ready(started: float) -> bool:
        files = schedule.parent.glob(f"{schedule.name}*")
        return any(file.stat().st_mtime >= started - 1 for file in files)

    return ready
