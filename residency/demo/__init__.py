"""This app's part of the demo park, a module for each journey; each does nothing twice."""

from __future__ import annotations

from datetime import datetime

from residency.demo import applying, leaving, reviewing, rubrics, settling

# Rules and policies before whatever asks them; who leaves before those who stay.
PARTS = [rubrics.seed, applying.seed, reviewing.seed, leaving.seed, settling.seed]


def seed(now: datetime) -> bool:
    """False when everything is there."""
    made = [part(now) for part in PARTS]
    return any(made)
