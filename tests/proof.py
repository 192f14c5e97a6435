"""How much of the full figures this run shows: all (``make proof``), or a share (``make test``)."""

import os
from collections.abc import Sequence
from typing import TypeVar

FULL = os.environ.get("PARK_PROOF") == "1"
# Sweeps over every page or form take one in so many of them; 1 takes them all.
SHARE = 1 if FULL else int(os.environ.get("PARK_SHARE", "8"))
# Which ones: another part each time, and the same again with the number that a failure names.
TURN = int(os.environ.get("PARK_SEED") or os.environ.get("PARK_TURN", "0"))

LANGUAGES = ["zh-hans", "en"]
# A story that is told in the browser: in both languages for the record, else in one in turn.
TOLD_IN = LANGUAGES if FULL else [LANGUAGES[TURN % 2]]

T = TypeVar("T")


def share(things: Sequence[T], apart: int = 0) -> Sequence[T]:
    """The part of ``things`` that this run looks at; for others, so many ``apart``, another part."""
    if SHARE > 1:
        print(f"PARK_SEED={TURN}")  # noqa: T201  so that a failure can be repeated
    return things[(TURN + apart) % SHARE :: SHARE]
