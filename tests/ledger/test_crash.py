"""PostgreSQL is killed under load, and the books are whole: nothing acknowledged is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proof import FULL

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SECONDS, KILLS = (60, 3) if FULL else (6, 1)


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_made_by_a_kill(record_property):
    # Without the addresses of the run's own servers: this has its own.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    command = [sys.executable, "-m", "tests.ledger.crash", str(SECONDS), str(KILLS)]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    for name, value in told.items():
        record_property(name, value)
    # It happened: connections were lost, and every kind of posting was made.
    assert told["lost_connections"] >= KILLS
    assert told["accounts"] == 100
    assert min(told["reversals"], told["replays"], told["snapshots"]) > 0
    assert (told["unbalanced_snapshots"], told["drifts"], told["unexpected"]) == (0, [], [])
    assert (told["missing"], told["twice"], told["strays"]) == (0, 0, 0)
