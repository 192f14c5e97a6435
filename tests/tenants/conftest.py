"""Clocks that stand still or are moved by the test."""

from __future__ import annotations

from time import monotonic, sleep, time
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal import auth as totp

from tests.tenants.people import PERIOD_OF_CODES


class Clock:
    """The time by which guesses are counted."""

    def __init__(self) -> None:
        self.now = time()

    monotonic = staticmethod(monotonic)
    sleep = staticmethod(sleep)

    def time(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ratelimit, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def _codes_stay_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """No half minute ends between reading a code and typing it."""
    counters: Any = lambda: iter([PERIOD_OF_CODES])  # noqa: E731
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", counters)


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """For tests that sign in many times and are not about how slow that is."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
