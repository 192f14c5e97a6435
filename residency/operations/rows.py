"""Rows to change: locked, and in the state that the step starts from."""

from __future__ import annotations

from foundation.actors import Actor
from foundation.errors import WrongState
from residency.models import Application, Condition, Review


def locked(actor: Actor, application: Application, *states: str) -> Application:
    """The application as it is now, held until the end of the transaction.

    Raises WrongState where it is in none of ``states``.
    """
    row = (
        Application.objects.select_for_update(of=("self",))
        .filter(tenant_id=actor.tenant_id)
        .get(pk=application.pk)
    )
    if states and row.state not in states:
        raise WrongState
    return row


def review_of(actor: Actor, review: Review, *states: str) -> Review:
    """The review, with its application locked before it."""
    application = locked(actor, review.application, *states)
    row = Review.objects.select_for_update(of=("self",)).get(
        tenant_id=actor.tenant_id, pk=review.pk
    )
    row.application = application
    return row


def condition_of(actor: Actor, condition: Condition, *states: str) -> Condition:
    """The condition, with its application locked before it."""
    application = locked(actor, condition.application, *states)
    row = Condition.objects.select_for_update(of=("self",)).get(
        tenant_id=actor.tenant_id, pk=condition.pk
    )
    row.application = application
    return row
