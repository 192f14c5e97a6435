"""The bank: clients post and reverse while PostgreSQL is killed under them.

Run as a process of its own, because it has a server and settings of its own:
``python -m tests.ledger.crash <seconds> <kills>``. Prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.server import portal_database

ORGANISATIONS, CODES, WRITERS = 20, 5, 16
REVERSED, REPLAYED = 0.10, 0.05


def main(seconds: float, kills: int) -> dict[str, Any]:
    with portal_database() as server:
        from tests.ledger.crash_life import Life

        life = Life(ORGANISATIONS, CODES)
        end = time.monotonic() + seconds
        clients = [
            threading.Thread(target=life.client, args=[random.Random(n), end])
            for n in range(WRITERS)
        ]
        clients.append(threading.Thread(target=life.watch, args=[end]))
        for client in clients:
            client.start()
        for _each in range(kills):
            time.sleep(seconds / (kills + 1))
            _kill(server)
            server.start()
            server.wait_ready()
        for client in clients:
            client.join(120)
        return life.verdict() | {"kills": kills, "seconds": seconds}


def _kill(server: Any) -> None:
    """The postmaster and everybody it started, at once."""
    postmaster = int((server.data_dir / "postmaster.pid").read_text().split()[0])
    children = [pid for pid, parent in _processes() if parent == postmaster]
    for pid in (postmaster, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.process.wait()
    while {pid for pid, _parent in _processes()} & set(children):
        time.sleep(0.02)


def _processes() -> list[tuple[int, int]]:
    """Each process that lives, with its parent."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                found.append((int(stat.parent.name), int(parent)))
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(float(sys.argv[1]), int(sys.argv[2])), default=str) + "\n")
