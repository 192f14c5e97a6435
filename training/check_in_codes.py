"""The code on the screen of a room: another one every half minute, each good for a minute.

It is signed and kept nowhere. Who opens it in time is admitted to check in for some minutes, by
their browser's own session, so that there is time to type.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from foundation.refs import pk_of, ref_of
from training.models import SessionDate

SALT, KIND = "training.check_in", "training_date"
EVERY = timedelta(seconds=30)
# The one of the moment and the one before it.
GOOD_FOR = 2
# The door opens before it begins, and who comes so soon after it has missed nothing.
OPENS_BEFORE, ON_TIME = timedelta(minutes=45), timedelta(minutes=10)


def code_of(date: SessionDate, now: datetime) -> str:
    return _signer().sign(f"{ref_of(date.pk, KIND)}.{_turn(now)}")


def path_of(date: SessionDate, now: datetime) -> str:
    return reverse("training_check_in", kwargs={"code": code_of(date, now)})


def date_of(code: str, now: datetime) -> int | None:
    """The key of the date whose code this is now; None for an old one and for what is none."""
    try:
        ref, turn = _signer().unsign(code).split(".")
        age = _turn(now) - int(turn)
        return pk_of(ref, KIND) if 0 <= age < GOOD_FOR else None
    except (BadSignature, ValueError):
        return None


def claimed(code: str) -> str:
    """What a code says whose signature nobody has looked at: guesses at one share it."""
    return code.partition(".")[0]


def is_open(date: SessionDate, now: datetime) -> bool:
    """Whether one can check in to it now."""
    return date.cancelled_at is None and date.starts_at - OPENS_BEFORE <= now < date.ends_at


def _turn(now: datetime) -> int:
    return int(now.timestamp() // EVERY.total_seconds())


def _signer() -> Signer:
    return Signer(salt=SALT, sep="~")
