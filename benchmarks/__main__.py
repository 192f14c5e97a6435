"""``make bench``: every benchmark, or one by name, each against its floor in the same run.

Each has a process and a PostgreSQL of its own: what one leaves in memory would slow the next.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module

from benchmarks.rows import table, write
from benchmarks.server import portal_database

BENCHMARKS = [
    "isolation",
    "import_orders",
    "pages",
    "bookings",
    "seats",
    "postings",
    "invoice_runs",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=BENCHMARKS)
    name = parser.parse_args().only
    return _measure(name) if name else max(_in_own_process(name) for name in BENCHMARKS)


def _in_own_process(name: str) -> int:
    command = [sys.executable, "-m", "benchmarks", "--only", name]
    return subprocess.run(command, check=False).returncode


def _measure(name: str) -> int:
    print(f"{name} …", flush=True)
    with portal_database() as server:
        rows = import_module(f"benchmarks.{name}").run(server)
    print(table(rows), flush=True)
    write(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
