"""One learner: recorded, corrected, gone and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from foundation.actors import Actor
from foundation.operations import operation
from learners.models import Learner, LearnerState
from learners.rules import checked, locked, require_keeper, require_kept
from learners.values import FIELDS


@operation
def record_learner(*, actor: Actor, now: datetime, said: Mapping[str, str]) -> Learner:
    """Add one person; ``said`` holds the fields of :mod:`learners.values` as text.

    Raises NotPermitted, DomainError ``no_university`` and ``learner_number_once``, InvalidInput
    with a sentence for each field.
    """
    require_keeper(actor)
    blank = dict.fromkeys(FIELDS, "")
    values = checked({**blank, **said}, now)
    return Learner.objects.create(tenant_id=actor.tenant_id, created_at=now, **values)


@operation
def change_learner(
    *, actor: Actor, now: datetime, learner: Learner, said: Mapping[str, str]
) -> Learner:
    """Correct what is kept; what is not said stays. Raises as record_learner, and WrongState
    once the personal data is erased."""
    require_keeper(actor)
    own = locked(actor, learner)
    require_kept(own)
    values = checked(said, now)
    for name, value in values.items():
        setattr(own, name, value)
    own.save(update_fields=list(values))
    return own


@operation
def release_learner(*, actor: Actor, now: datetime, learner: Learner) -> Learner:
    """The learner graduated or went away. Raises NotPermitted, WrongState for who has left."""
    require_keeper(actor)
    own = locked(actor, learner)
    own.move_to(LearnerState.LEFT)
    own.left_on = timezone.localdate(now)
    own.save(update_fields=["state", "left_on"])
    return own


@operation
def reactivate_learner(*, actor: Actor, now: datetime, learner: Learner) -> Learner:
    """The learner is back. Raises NotPermitted, WrongState for who is here or is erased."""
    require_keeper(actor)
    own = locked(actor, learner)
    require_kept(own)
    own.move_to(LearnerState.ACTIVE)
    own.left_on = None
    own.save(update_fields=["state", "left_on"])
    return own
