"""Children that end with their parent, whatever ends the parent."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


class ServerFailed(Exception):
    """A server did not start or ended by itself; the text says which, why and where its log is."""


@dataclass(frozen=True)
class Account:
    """A user of this machine that a child runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> "Account":
        entry = pwd.getpwnam(name)
        return cls(name, entry.pw_uid, entry.pw_gid)

    def can(self, test: str, path: Path) -> bool:
        """Whether this account passes ``test -<test> path``, asked by a process of its own."""
        return (
            subprocess.run(
                ["test", f"-{test}", str(path)],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                cwd="/",
                check=False,
            ).returncode
            == 0
        )


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec so that the kernel signals it when its parent ends.

    Linux only: elsewhere a kill -9 of the parent leaves its children running. The parent is the
    thread that starts the child, so children are started from the main thread.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it ended between fork and prctl
            os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals | None = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    folder: Path | str | None = None,
    account: Account | None = None,
) -> "subprocess.Popen[bytes]":
    """Start ``command`` in its own session, its output appended to ``log``.

    With ``death_signal`` the kernel sends that signal when this process ends (Linux).
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal) if death_signal else None,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def stop(process: "subprocess.Popen[bytes]", stop_signal: signal.Signals, patience: float) -> int:
    """Ask ``process`` to end; after ``patience`` seconds kill it with all its session's group."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(stop_signal)
    try:
        code = process.wait(patience)
    except subprocess.TimeoutExpired:
        code = None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() if code is None else code


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, indented, or a note that there is none."""
    if not log.exists():
        return "    (no log was written)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        text = file.read().decode(errors="replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
