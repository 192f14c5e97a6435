"""``make guards``: each guard off, its test run, a table of what was noticed; 1 if one was not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.guards.listed import GUARDS, Guard
from tests.guards.switching import NAMED

PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--show-capture=no"]
RESULTS = Path(__file__).parents[2] / "benchmarks" / "guards.json"
FAILED, PASSED = 1, 0
SUMMARY = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def run(tests: list[str], guard: str = "") -> tuple[int, str]:
    # All of each sweep: who knows in which part of it this guard is missed.
    environment = os.environ | {NAMED: guard, "PARK_SHARE": "1"}
    done = subprocess.run(
        [*PYTEST, *tests], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def notice(guard: Guard) -> str:
    """The test that failed with the guard off, '' when none did."""
    status, said = run([guard.test], guard.name)
    red = SUMMARY.findall(said)
    return red[0] if status == FAILED and red else ""


def record(guard: Guard, noticed: bool) -> None:
    """The line of this guard in the record is written anew, so that a run may be made in parts."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    kept = {row["guard"]: row for row in rows}
    today = time.strftime("%Y-%m-%d", time.gmtime())
    kept[guard.name] = {
        "guard": guard.name,
        "test": guard.test,
        "noticed": noticed,
        "on": today,
    }
    listed = [kept[each.name] for each in GUARDS if each.name in kept]
    RESULTS.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    wanted = [guard for guard in GUARDS if not sys.argv[1:] or guard.name in sys.argv[1:]]
    status, said = run(sorted({guard.test for guard in wanted}))
    if status != PASSED:
        print(said)
        print("With every guard on these tests must pass first.")
        return 1
    missed = 0
    for guard in wanted:
        red = notice(guard)
        missed += not red
        record(guard, bool(red))
        print(
            f"{'noticed' if red else 'MISSED ':8} {guard.name:36} {red or guard.test}", flush=True
        )
    print(f"{len(wanted) - missed} of {len(wanted)} removals were noticed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
