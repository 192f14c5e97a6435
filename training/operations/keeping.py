"""What is over is written down, and whoever waits is asked, though nobody came by."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from foundation.operations import operation
from training.models import Seat, Session, SessionState
from training.operations.promoting import promote
from training.operations.rows import locked
from training.permissions import permissions


@operation
def lapse(*, actor: Actor, now: datetime) -> int:
    """Let the organisation's expired holds and offers lapse, tell its people, and offer what is
    free by it. Gives how many. Raises NotPermitted.

    Nobody is kept out by them until then: they are not counted from their moment on.
    """
    permissions.require(actor, "book_seats")
    expired = Seat.objects.filter(tenant_id=actor.tenant_id).expired(now)
    sessions = sorted(set(expired.values_list("session", flat=True)))
    count = 0
    for pk in sessions:
        count += expired.filter(session=pk).count()
        fresh = locked(Session(pk=pk), now)
        if fresh.state == SessionState.OPEN:
            promote(fresh, now)
    return count
