"""Real processes for tests that kill them: a worker with beat, and forks that end too early."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection, connections

from park_portal.embedded.redis import EmbeddedRedis

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def in_a_process(work: Callable[[], Any]) -> int:
    """Run ``work`` in a fork that ends without any clean-up; returns its exit code."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001
            os._exit(70)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Worker:
    """A Celery worker with beat on a Redis of its own and the test's database.

    ``processes`` of it work at the same time.
    """

    def __init__(
        self, folder: Path, redis: EmbeddedRedis, *, processes: int = 1, **environment: str
    ) -> None:
        self.folder = folder
        self.processes = processes
        url = urlsplit(os.environ["DATABASE_URL"])._replace(
            path="/" + connection.settings_dict["NAME"]
        )
        self.environment = os.environ | {
            "DATABASE_URL": urlunsplit(url),
            "REDIS_URL": redis.url(),
            "CELERY_BROKER_URL": redis.broker_url(),
            **environment,
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "tests.backbone.worker_app", "worker"]
        options = ["--beat", f"--concurrency={self.processes}", "--queues=celery,jobs"]
        options += ["--without-mingle", "--without-gossip"]
        schedule = f"--schedule={self.folder / 'beat'}"
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options, schedule, "--loglevel=INFO"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """The main process and its children at once, with no chance to say anything."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-4000:]


def wait_until(condition: Callable[[], Any], seconds: float) -> Any:
    """What ``condition`` returns once it is true, its last answer when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer
