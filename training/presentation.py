"""A seat and a session as their reader sees them at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.refs import ref_of
from learners.shown import shown_to
from training.models import Seat, SeatState, Session, SessionState
from training.models.seats import FOR_A_TIME

S = SeatState
TONES = {
    S.HELD: "info",
    S.REQUESTED: "warning",
    S.WAITLISTED: "warning",
    S.OFFERED: "warning",
    S.BOOKED: "success",
    S.ATTENDED: "success",
    S.PASSED: "success",
    S.PARTIAL: "info",
    S.NO_SHOW: "danger",
    S.FAILED: "danger",
}
SESSION_TONES = {
    SessionState.OPEN: "success",
    SessionState.RUNNING: "info",
    SessionState.CANCELLED: "danger",
}


class ShownSeat:
    def __init__(self, row: Seat, actor: Actor, now: datetime) -> None:
        self.row, self.actor = row, actor
        self.state = S(row.state_at(now))

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "neutral")

    @property
    def ref(self) -> str:
        return ref_of(self.row.pk, "seat")

    @cached_property
    def name(self) -> str:
        if self.row.learner is not None:
            shown = shown_to(self.actor, self.row.learner)
            return f"{shown.number} {shown.name}"
        return str(self.row.membership.user) if self.row.membership else ""

    @property
    def until(self) -> datetime | None:
        """Of a hold or an offer that is not over."""
        is_short = self.state in FOR_A_TIME
        return (self.row.hold_expires_at or self.row.offer_expires_at) if is_short else None

    @property
    def note(self) -> str:
        if self.row.skipped_left is not None:
            words = _("Passed over: the group wants all or none, and %(left)s seats were free.")
            return words % {"left": self.row.skipped_left}
        if self.row.is_used_up:
            return _("Given up after the deadline: counts as used.")
        return self.row.reason

    @property
    def is_nameable(self) -> bool:
        return self.state in (S.HELD, S.REQUESTED, S.WAITLISTED, S.OFFERED, S.BOOKED)


def state_counts(seats: Iterable[ShownSeat]) -> list[tuple[str, str, str, int]]:
    """State, word, tone and number, in the order of a seat's life."""
    found = Counter(seat.state for seat in seats)
    return [(s.value, str(s.label), TONES.get(s, "neutral"), found[s]) for s in S if found[s]]


def session_badge(session: Session) -> tuple[str, str]:
    state = SessionState(session.state)
    return str(state.label), SESSION_TONES.get(state, "neutral")
