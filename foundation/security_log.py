"""The events a reviewer asks about after an attack, one JSON line each in the log.

Request id, person, organisation and address stand on every line of a request already; the facts
given here are ids and fixed words. What somebody typed at a door may be a password in the wrong
box, so it is told by a keyed hash: the same text has the same one, and nobody reads it back.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import structlog
from django.utils.crypto import salted_hmac

logger = structlog.get_logger("security")


class Event(StrEnum):
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    LIMIT_HIT = "limit_hit"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  the name of an event
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    ADDRESS_CHANGED = "address_changed"
    SESSION_OVER = "session_over"
    SESSIONS_ENDED = "sessions_ended"
    SESSION_MOVED = "session_moved"
    LINK_REFUSED = "link_refused"
    REFUSED = "refused"
    KEY_REFUSED = "key_refused"
    NO_SUCH_ORGANISATION = "no_such_organisation"


USUAL = frozenset({Event.SIGNED_IN, Event.SIGNED_OUT, Event.SESSION_OVER})


def tell(event: Event, **facts: int | str | None) -> None:
    """Write one line; what is not part of every day is a warning."""
    write = logger.info if event in USUAL else logger.warning
    write(event.value, **facts)


def fingerprint(text: str) -> str:
    """Stands for what somebody typed, however it was spelled."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return salted_hmac("security_log", plain, algorithm="sha256").hexdigest()[:16]
