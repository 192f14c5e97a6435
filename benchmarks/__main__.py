"""``make bench``: every benchmark, or one by name, each against its floor in the same run."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks.rows import Row, table, write
from benchmarks.server import portal_database

BENCHMARKS = ["isolation", "import_orders", "pages"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=BENCHMARKS)
    names = [only] if (only := parser.parse_args().only) else BENCHMARKS
    rows: list[Row] = []
    with portal_database() as server:
        for name in names:
            print(f"{name} …", flush=True)
            made = import_module(f"benchmarks.{name}").run(server)
            print(table(made), flush=True)
            rows += made
    write(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
