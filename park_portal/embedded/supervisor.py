"""``make demo``: starts everything, waits until it is ready, stops what it started and no more."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from park_portal.embedded import paths
from park_portal.embedded.prepare import SIGN_INS
from park_portal.embedded.processes import ServerFailed, spawn, stop, tail
from park_portal.embedded.readiness import beat_ready, web_ready, worker_ready
from park_portal.embedded.redis import EmbeddedRedis
from park_portal.embedded.shared import LockFile, remove_state, shared_postgres

BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30)
HEALTHY_AFTER_SECONDS = 60
START_PATIENCE_SECONDS = 120
BIG_LOG_BYTES = 10_000_000
# One worker alone has no neighbours to ask; asking them takes a second.
WORKER_OPTIONS = ("--concurrency=2", "--loglevel=INFO", "--without-mingle", "--without-gossip")
BEAT_SCHEDULE = paths.STATE / "beat-schedule"


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass
class Service:
    """One of the portal's own processes: restarted, with growing pauses, when it ends."""

    name: str
    command: list[str]
    missing: Callable[[float], str]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    again_at: float | None = None

    @property
    def log(self) -> Path:
        return paths.LOGS / f"{self.name}.log"

    def start(self) -> None:
        self.started, self.again_at = time.time(), None
        self.process = spawn(
            self.command,
            log=self.log,
            death_signal=self.death_signal,
            environment=os.environ | self.environment,
            folder=paths.CHECKOUT,
        )

    def ended(self) -> int | None:
        return self.process.poll() if self.process else None

    def failed(self, what: str) -> ServerFailed:
        return ServerFailed(f"{self.name} {what}. {self.log} ends in:\n{tail(self.log)}")

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, self.stop_signal, 30)
            self.process = None

    def keep_running(self) -> None:
        """Restart it when it ended; called again and again."""
        if self.again_at is not None:
            if time.time() >= self.again_at:
                self.start()
            return
        code = self.ended()
        if code is None:
            return
        if time.time() - self.started > HEALTHY_AFTER_SECONDS:
            self.failures = 0
        pause = BACK_OFF_SECONDS[min(self.failures, len(BACK_OFF_SECONDS) - 1)]
        self.failures += 1
        self.again_at = time.time() + pause
        say(
            f"{self.name} ended by itself ({code}); starting it again in {pause} s. "
            f"{self.log} ends in:\n{tail(self.log, 8)}"
        )


def say(text: str) -> None:
    # The terminal may be gone (a closed window); stopping in order matters more.
    with contextlib.suppress(OSError):
        print(text, flush=True)


class Demo:
    """What one ``up`` started, in order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/"
        self.asked_to_stop = threading.Event()
        self.services = services(port)

    def run(self) -> None:
        """Start everything, tell the address, watch until asked to stop; stop in reverse order."""
        with contextlib.ExitStack() as stack:
            stack.callback(say, "Stopped.")
            self._start(stack)
            say(f"\nPark Portal is ready: {self.address}\n")
            say(SIGN_INS.read_text() if SIGN_INS.exists() else "(no sign-ins are seeded yet)\n")
            say("Ctrl-C stops it; what you did is kept for the next `make demo`.")
            self._watch()

    def _start(self, stack: contextlib.ExitStack) -> None:
        if not os.environ.get("DATABASE_URL"):
            with self._step("PostgreSQL"):
                self.postgres = stack.enter_context(shared_postgres())
        if not os.environ.get("REDIS_URL"):
            with self._step("Redis"):
                redis = EmbeddedRedis(
                    paths.STATE / "redis",
                    paths.socket_folder(),
                    append_only=True,
                    log=paths.LOGS / "redis.log",
                )
                stack.callback(redis.stop)
                redis.start()
                redis.wait_ready()
                self.redis = redis
        with self._step("database"):
            self._prepare()
        for service in self.services:  # they load side by side
            stack.callback(service.stop)
            service.start()
        for service in reversed(self.services):  # the web is ready when a worker is
            with self._step(service.name):
                self._wait_for(service)

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[None]:
        if self.asked_to_stop.is_set():
            raise Stopped
        before = time.monotonic()
        yield
        say(f"  {name:<14} {time.monotonic() - before:5.1f} s")

    def _prepare(self) -> None:
        """Migrate and seed in a child, so that a Ctrl-C ends it too."""
        log = paths.LOGS / "prepare.log"
        child = spawn(
            [sys.executable, "-m", "park_portal.embedded", "prepare"],
            log=log,
            folder=paths.CHECKOUT,
            environment=os.environ | {"PARK_STATE": str(paths.STATE)},
        )
        while child.poll() is None:
            if self.asked_to_stop.wait(0.05):
                stop(child, signal.SIGTERM, 30)
                raise Stopped
        if child.returncode:
            raise ServerFailed(f"The database was not prepared. {log} ends in:\n{tail(log)}")

    def _wait_for(self, service: Service) -> None:
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while missing := service.missing(service.started):
            if time.monotonic() > deadline:
                raise service.failed(f"is not ready: {missing}")
            for each in self.services:
                if (code := each.ended()) is not None:
                    raise each.failed(f"did not start (it ended with {code})")
            if self.asked_to_stop.wait(0.25):
                raise Stopped

    def _watch(self) -> None:
        while not self.asked_to_stop.wait(0.5):
            for service in self.services:
                service.keep_running()
            for name in ("postgres", "redis"):
                server = getattr(self, name, None)
                if server is not None and not server.is_running():
                    raise ServerFailed(
                        f"{name} ended by itself, so everything stops. {server.log} ends in:\n"
                        f"{tail(server.log)}"
                    )


def services(port: int) -> list[Service]:
    forget_schedule()
    binaries = Path(sys.executable).parent
    state = {"PARK_STATE": str(paths.STATE), "PORT": str(port)}
    celery = [str(binaries / "celery"), "-A", "park_portal"]
    return [
        Service(
            "web",
            [
                str(binaries / "granian"),
                "--interface=wsgi",
                "--host=127.0.0.1",
                f"--port={port}",
                "--workers=1",
                "--blocking-threads=4",
                "--respawn-failed-workers",
                "park_portal.wsgi:application",
            ],
            web_ready(port),
            environment=state,
        ),
        # Long jobs have a worker of their own, so that mail and notices never wait behind them.
        worker(celery, "worker", "celery", port, state),
        worker(celery, "jobs", "jobs", port, state),
        Service(
            "beat",
            [*celery, "beat", "--loglevel=INFO", f"--schedule={BEAT_SCHEDULE}", "--pidfile="],
            beat_ready(BEAT_SCHEDULE),
            environment=state,
        ),
    ]


def worker(celery: list[str], name: str, queue: str, port: int, state: dict[str, str]) -> Service:
    node = f"park-{name}-{port}@{socket.gethostname()}"
    return Service(
        name,
        [*celery, "worker", *WORKER_OPTIONS, f"--queues={queue}", f"--hostname={node}"],
        worker_ready(node),
        # After a kill -9 of this process nobody waits for a task to end: it runs again. Asked
        # politely, Celery sometimes waits for ever for the Redis that has gone meanwhile.
        death_signal=signal.SIGKILL,
        environment=state,
    )


def forget_schedule() -> None:
    """Beat makes its file anew: the old one only says when things ran last, and some builds of
    dbm do not touch an existing file until it is closed, so nobody could see that beat is up."""
    for file in BEAT_SCHEDULE.parent.glob(f"{BEAT_SCHEDULE.name}*"):
        file.unlink()


def up() -> int:
    """Run the demo until SIGINT or SIGTERM. A second one tells who runs and where."""
    port = int(os.environ.get("PORT") or 8000)
    lock = LockFile("supervisor.lock")
    if not lock.take(fcntl.LOCK_EX | fcntl.LOCK_NB):
        say(f"Park Portal is already running: {lock.read().strip()}")
        return 0
    refuse_taken_port(port)
    demo = Demo(port)
    lock.write(f"{demo.address} (process {os.getpid()})\n")
    shorten_logs()
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, lambda *_: demo.asked_to_stop.set())
    say(f"Starting Park Portal; logs are in {paths.LOGS}")
    try:
        demo.run()
    except Stopped:
        return 0
    except ServerFailed as failure:
        say(f"\n{failure}")
        return 1
    finally:
        lock.write("")
    return 0


def refuse_taken_port(port: int) -> None:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise ServerFailed(
                f"Port {port} cannot be used ({refused.strerror}): choose another, "
                f"for example PORT={port + 1} make demo"
            ) from None


def shorten_logs() -> None:
    """Put a big log aside; one earlier log is kept."""
    for log in paths.LOGS.glob("*.log"):
        if log.stat().st_size > BIG_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))


def reset() -> int:
    """Throw the demo's data away; refuses while it runs."""
    lock = LockFile("supervisor.lock")
    users = LockFile("postgres.users")
    if not lock.take(fcntl.LOCK_EX | fcntl.LOCK_NB):
        say(f"Stop it first: Park Portal is running: {lock.read().strip()}")
        return 1
    if not users.take(fcntl.LOCK_EX | fcntl.LOCK_NB):
        say("Wait for the manage.py commands that still use the database.")
        return 1
    remove_state()
    say(f"The demo's data in {paths.STATE} is gone; `make demo` makes it anew.")
    return 0
