"""Run the portal's own commands in a state folder of a test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from park_portal.embedded import paths

DECIDED_BY_THE_TEST_RUN = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "MEDIA_ROOT",
    "PARK_TEST_DIR",
    "PORTAL_MODE",
}


def environment(state: Path, **more: str) -> dict[str, str]:
    """As a developer's shell has it, with the state somewhere else."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in DECIDED_BY_THE_TEST_RUN and not name.startswith("PYTEST")
    }
    return kept | {"PARK_STATE": str(state)} | more


def run(state: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``python command`` in the checkout to its end."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=paths.CHECKOUT,
        env=environment(state, **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until ``true()`` is true; fail after a generous limit."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs (one that nobody has waited for yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def family(pid: int) -> dict[int, str]:
    """All living descendants of a process: pid and command line."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rpartition(")")[2].split()[1]
            )
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return {child: command_line(child) for child in found - {pid} if alive(child)}


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


class Demo:
    """``python -m park_portal.embedded up`` as `make demo` runs it."""

    def __init__(self, state: Path, filled: bool) -> None:
        self.state = state
        self.filled = filled
        self.port = free_port()
        self.output = state.parent / f"{state.name}.out"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        parts = "" if self.filled else "tenants"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "park_portal.embedded", "up"],
                cwd=paths.CHECKOUT,
                env=environment(self.state, PORT=str(self.port), PARK_DEMO=parts),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> None:
        until(lambda: "is ready" in self.said() or not self.runs(), 180)
        assert self.runs(), self.said()

    def said(self) -> str:
        return self.output.read_text()

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def signal(self, sent: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(sent)
        return self.process.wait(120)


@contextlib.contextmanager
def demo(state: Path, *, filled: bool = False) -> Iterator[Demo]:
    """A demo that is started, ready, and stopped at the end whatever happens."""
    started = Demo(state, filled)
    started.start()
    try:
        started.wait_ready()
        yield started
    finally:
        if started.runs():
            started.signal(signal.SIGINT)
