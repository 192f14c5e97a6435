"""Where the real data lies that tests read and the project never copies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def root() -> Path:
    named = os.environ.get("PARK_SHARED_DATA")
    return Path(named) if named else CHECKOUT.parent / "shared" / "data"


def shared(*parts: str) -> Path:
    """A file or folder of the shared data; skips the test where it is absent, fails it in CI."""
    path = root().joinpath(*parts)
    if not path.exists():
        reason = f"no shared data at {path}; set PARK_SHARED_DATA to its folder"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
