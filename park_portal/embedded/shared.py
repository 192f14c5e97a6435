"""The one PostgreSQL of a state folder, shared by the demo and every ``manage.py`` command.

Each user holds a shared lock on a file; the kernel drops it however the user ends. A small keeper
process is the server's parent: when nobody holds the lock any more it stops the server. So a
command never stops the server under a running demo, and a kill -9 leaves nothing behind.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from park_portal.embedded import paths
from park_portal.embedded.postgres import EmbeddedPostgres
from park_portal.embedded.processes import ServerFailed, spawn, tail

KEEPER_LOG = "keeper.log"


def server() -> EmbeddedPostgres:
    return EmbeddedPostgres(
        paths.STATE / "postgres", paths.socket_folder(), log=paths.LOGS / "postgres.log"
    )


def make_state_folder() -> None:
    """Others may walk through the state folder, as PostgreSQL's account must; they read nothing."""
    if not paths.STATE.exists():
        paths.STATE.mkdir(parents=True)
    paths.STATE.chmod(0o711)


class LockFile:
    """A file of the state folder that processes lock; a lock ends with its process."""

    def __init__(self, name: str) -> None:
        make_state_folder()
        self.file = (paths.STATE / name).open("a+")

    def take(self, kind: int) -> bool:
        """Lock as ``kind`` (fcntl.LOCK_*); False when another's lock forbids it."""
        try:
            fcntl.flock(self.file, kind)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        self.file.close()

    def read(self) -> str:
        self.file.seek(0)
        return self.file.read()

    def write(self, text: str) -> None:
        self.file.truncate(0)
        self.file.write(text)
        self.file.flush()


@contextlib.contextmanager
def shared_postgres() -> Iterator[EmbeddedPostgres]:
    """The state folder's server, with roles and database: started for its first user, stopped
    after its last. Raises ServerFailed when it does not start."""
    users = LockFile("postgres.users")
    users.take(fcntl.LOCK_SH)  # waits while a keeper is stopping the server
    try:
        with contextlib.closing(LockFile("postgres.start")) as start:
            start.take(fcntl.LOCK_EX)
            postgres = server()
            _start_if_down(postgres)
        yield postgres
    finally:
        users.release()
        _wait_until_stopped_or_used(users)
        users.close()


def _start_if_down(postgres: EmbeddedPostgres) -> None:
    while postgres.is_running():
        if postgres.answers():
            return
        time.sleep(0.05)  # it is starting, or stopping after its keeper was killed
    postgres.init()
    keeper = spawn(
        [sys.executable, "-m", "park_portal.embedded", "keep"],
        log=paths.LOGS / KEEPER_LOG,
        death_signal=None,
        environment=os.environ | {"PARK_STATE": str(paths.STATE)},
        folder=paths.CHECKOUT,
    )
    deadline = time.monotonic() + 300
    while not postgres.answers():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise ServerFailed(
                f"PostgreSQL did not start. {postgres.log} ends in:\n{tail(postgres.log)}"
            )
        time.sleep(0.03)
    keeper.returncode = 0  # it outlives us on purpose
    postgres.prepare_portal()


def _wait_until_stopped_or_used(users: LockFile, patience: float = 60) -> None:
    """Return when the server is down or somebody else uses it."""
    postgres, deadline = server(), time.monotonic() + patience
    while postgres.is_running() and time.monotonic() < deadline:
        if users.take(fcntl.LOCK_EX | fcntl.LOCK_NB):
            users.release()  # nobody uses it: the keeper is about to notice
        elif users.take(fcntl.LOCK_SH | fcntl.LOCK_NB):
            users.release()  # somebody else does
            return
        time.sleep(0.05)


def keep() -> int:
    """Run the server until nobody uses it (the keeper process)."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    users = LockFile("postgres.users")
    postgres = server()
    _wait_for_predecessor(postgres.data_dir / "postmaster.pid")
    postgres.start()
    assert postgres.process is not None
    try:
        while not users.take(fcntl.LOCK_EX | fcntl.LOCK_NB):
            if postgres.process.poll() is not None:
                return 1
            time.sleep(0.2)
    finally:
        postgres.stop()
    return 0


def _wait_for_predecessor(pid_file: Path, patience: float = 60) -> None:
    """Wait while the server of a killed keeper still writes its data."""
    deadline = time.monotonic() + patience
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        while time.monotonic() < deadline:
            os.kill(int(pid_file.read_text().split("\n", 1)[0]), 0)
            time.sleep(0.05)


def remove_state(keep_names: tuple[str, ...] = ("fonts",)) -> None:
    """Throw the state folder's content away, except caches made by set-up."""
    import shutil

    for entry in paths.STATE.iterdir() if paths.STATE.exists() else ():
        if entry.name in keep_names:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    folder: Path = paths.socket_folder()
    if folder.exists():
        shutil.rmtree(folder)
