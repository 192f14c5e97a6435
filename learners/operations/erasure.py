"""Erasing what is personal; the row stays, since seats and certificates point at it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import NotPermitted, WrongState
from foundation.operations import operation
from learners.models import Learner, LearnerState
from learners.rules import locked, require_keeper, require_kept

EMPTIED = ("name", "latin_name", "mobile", "email")


@operation
def erase_learner(*, actor: Actor, now: datetime, learner: Learner) -> Learner:
    """Empty name, number and contact data of somebody who left, at their wish.

    Programme and entry year stay for the figures, the consents as the proof of them. Raises
    NotPermitted, WrongState for who is still here or is erased.
    """
    require_keeper(actor)
    own = locked(actor, learner)
    require_kept(own)
    if own.state != LearnerState.LEFT:
        raise WrongState(_("First record that this learner has left."), code="still_here")
    _empty(own, now)
    return own


@operation
def erase_contacts(*, actor: Actor, now: datetime) -> int:
    """Empty mobile and e-mail of those who left before the moment ``now``; gives how many.

    Called by the system with the end of the time that the park's rule sets. Raises NotPermitted.
    """
    _require_system(actor)
    due = Learner.objects.visible_to(actor).personal_data_due(timezone.localdate(now))
    return due.exclude(mobile="", email="").update(mobile="", email="")


@operation
def erase_due(*, actor: Actor, now: datetime) -> int:
    """Erase those who left before the moment ``now``; gives how many. As erase_contacts."""
    _require_system(actor)
    due = Learner.objects.visible_to(actor).personal_data_due(timezone.localdate(now))
    found = list(due.order_by("pk").select_for_update(no_key=True))
    for learner in found:
        _empty(learner, timezone.now())
    return len(found)


def _empty(learner: Learner, now: datetime) -> None:
    for name in EMPTIED:
        setattr(learner, name, "")
    # Says nothing of the person, and no two are the same.
    learner.number = f"ERASED-{get_random_string(12).upper()}"
    learner.erased_at = now
    learner.renew_link()
    learner.save(update_fields=[*EMPTIED, "number", "erased_at", "link_nonce"])


def _require_system(actor: Actor) -> None:
    if not actor.is_system:
        raise NotPermitted
