"""When each of the portal's processes can really do its work."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from park_portal.embedded import paths

# Given when the process was started, in seconds since the epoch: "" when ready, else what is missing.
Missing = Callable[[float], str]


def web_ready(port: int) -> Missing:
    """It answers /readyz with 200, which asks the database and Redis too."""

    def missing(started: float) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return "" if answer.status == 200 else f"/readyz answered {answer.status}"
        except urllib.error.HTTPError as refused:
            return f"/readyz answered {refused.code}: {refused.read(500).decode(errors='replace')}"
        except OSError as failure:
            return f"/readyz does not answer: {failure}"

    return missing


@cache
def _celery() -> Any:
    from celery import Celery

    return Celery(broker=os.environ.get("REDIS_URL") or paths.celery_broker_url())


def worker_ready(node: str) -> Missing:
    """It answers a ping through the broker."""

    def missing(started: float) -> str:
        answers = _celery().control.ping(destination=[node], timeout=0.3)
        return "" if answers else "no answer to a ping through the broker"

    return missing


def beat_ready(schedule: Path) -> Missing:
    """It has written its schedule since it was started."""

    def missing(started: float) -> str:
        files = schedule.parent.glob(f"{schedule.name}*")
        written = any(file.stat().st_mtime >= started - 1 for file in files)
        return "" if written else "no schedule was written"

    return missing
