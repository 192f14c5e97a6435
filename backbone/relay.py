"""The relay: takes due messages out of the outbox and makes their effects happen."""

from __future__ import annotations

import logging
import time

import structlog
from django.utils import timezone

from backbone.models import OutboxMessage
from backbone.operations.outbox import claim_message, put_off_message, settle_message
from backbone.outbox import effect_of
from foundation.actors import Actor
from tenants.isolation.context import as_system, enter_tenant

AT_ONCE = 100
# Beat starts another one soon; a long backlog must not fill every worker with relays.
LONGEST_RUN_SECONDS = 20

logger = logging.getLogger(__name__)


def deliver_due() -> int:
    """Deliver what is due, oldest first, until nothing is left or time is up; returns how many."""
    deadline = time.monotonic() + LONGEST_RUN_SECONDS
    delivered = 0
    while turns := _whose_turn():
        for tenant_id, message_id in turns:
            if time.monotonic() > deadline:
                return delivered
            delivered += deliver(tenant_id=tenant_id, message_id=message_id)
    return delivered


def deliver(*, tenant_id: int, message_id: int) -> bool:
    """Make one message's effect happen; False when another relay has it or it failed."""
    actor = Actor(user_id=None, tenant_id=tenant_id)
    with enter_tenant(tenant_id):
        message = claim_message(actor=actor, now=timezone.now(), message_id=message_id)
    if message is None:
        return False
    with structlog.contextvars.bound_contextvars(request_id=message.request_id):
        return _deliver_claimed(actor, message)


def _whose_turn() -> list[tuple[int, int]]:
    with as_system():
        due = OutboxMessage.objects.due(timezone.now()).order_by("next_at", "pk")
        return list(due.values_list("tenant_id", "pk")[:AT_ONCE])


def _deliver_claimed(actor: Actor, message: OutboxMessage) -> bool:
    try:
        with enter_tenant(message.tenant_id, request_id=message.request_id):
            effect_of(message.kind)(message)
            settle_message(actor=actor, now=timezone.now(), message=message)
    except Exception as error:
        logger.exception("an effect failed: %s, try %s", message.kind, message.tries)
        _put_off(actor, message, error)
        return False
    return True


def _put_off(actor: Actor, message: OutboxMessage, error: Exception) -> None:
    # The kind of error and no more: its text may hold addresses or secrets, and staff read it.
    words = f"{type(error).__module__}.{type(error).__qualname__}"
    with enter_tenant(message.tenant_id):
        put_off_message(actor=actor, now=timezone.now(), message=message, error=words)
