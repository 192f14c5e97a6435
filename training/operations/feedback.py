"""What learners thought of a session."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.operations import operation
from training.models import Feedback, Seat, SeatState
from training.models.seats import KEPT

# Whoever did not come has nothing to say of it.
THERE = frozenset(KEPT) - {SeatState.NO_SHOW, SeatState.EXCUSED}


@operation
def give_feedback(
    *,
    actor: Actor,
    now: datetime,
    seat: Seat,
    content: int,
    teaching: int,
    value: int,
    comment: str = "",
) -> Feedback:
    """By whoever sits on the seat; the personal link is the permission. Once, after the last date.

    Raises DomainErrors ``too_early``, ``not_there``, ``feedback_once`` and ``feedback_marks``.
    """
    own = Seat.objects.select_related("session").get(pk=seat.pk, tenant_id=actor.tenant_id)
    if own.session.dates.standing().filter(ends_at__gt=now).exists():
        raise DomainError(_("Tell us after the last date."), code="too_early")
    if own.state not in THERE:
        raise DomainError(_("Only who was there can say how it was."), code="not_there")
    return Feedback.objects.create(
        tenant_id=own.tenant_id,
        seat=own,
        content=content,
        teaching=teaching,
        value=value,
        comment=comment.strip(),
        at=now,
    )
