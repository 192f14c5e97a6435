"""This app's part of the demo park, a module for each journey; each does nothing twice."""

from __future__ import annotations

from datetime import datetime

from residency.demo import applying

PARTS = [applying.seed]


def seed(now: datetime) -> bool:
    """False when everything is there."""
    made = [part(now) for part in PARTS]
    return any(made)
