"""How much memory this process and the children it starts take at their peak."""

from __future__ import annotations

import gc
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
PAUSE_SECONDS = 0.005
PROC = Path("/proc")


@dataclass
class Peak:
    """In bytes: by how much this process grew, and the largest child there was."""

    own: int = 0
    child: int = 0


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Measures the block; the figures are there once it has ended."""
    peak, stop = Peak(), threading.Event()
    gc.collect()
    # Writing 5 sets the high-water mark back to what is resident now.
    (PROC / "self/clear_refs").write_text("5")
    before = _memory("self", "VmHWM")
    watcher = threading.Thread(target=_watch, args=(peak, stop, _children()), daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()
        peak.own = max(_memory("self", "VmHWM") - before, 0)


def _watch(peak: Peak, stop: threading.Event, there_before: set[str]) -> None:
    while not stop.wait(PAUSE_SECONDS):
        for child in _children() - there_before:
            # Until it runs a program of its own a child shows the memory of its parent.
            if _command(child) != _command("self"):
                peak.child = max(peak.child, _memory(child, "VmHWM"))


def _children() -> set[str]:
    found: set[str] = set()
    for task in (PROC / "self/task").iterdir():
        try:
            found.update((task / "children").read_text().split())
        except OSError:
            continue
    return found


def _command(process: str) -> bytes:
    try:
        return (PROC / process / "cmdline").read_bytes()
    except OSError:
        return b""


def _memory(process: str, line: str) -> int:
    try:
        text = (PROC / process / "status").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{line}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def own_memory() -> int:
    return _memory(str(os.getpid()), "VmRSS")
