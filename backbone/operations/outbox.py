"""Writing, claiming and settling the outbox's messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from backbone.models.outbox import LEASE, MAX_TRIES, OutboxMessage
from backbone.outbox import nudge_after_commit
from backbone.permissions import permissions
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation


@operation
def enqueue(*, actor: Actor, now: datetime, kind: str, payload: dict[str, Any], key: str) -> None:
    """Write down an effect to happen once this transaction is committed, at least once.

    ``payload`` holds ids and choices. A second message with the same ``key`` in the same
    organisation is the same message: it is not written again, whatever became of the first.
    """
    enqueue_all(actor=actor, now=now, kind=kind, messages=[(actor.tenant_id, key, payload)])


@operation
def enqueue_all(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    messages: Iterable[tuple[int, str, dict[str, Any]]],
) -> None:
    """What ``enqueue`` does, in one statement for many: ``(organisation, key, payload)`` of each."""
    rows = [
        OutboxMessage(
            tenant_id=tenant_id,
            kind=kind,
            payload=payload,
            key=key,
            request_id=actor.request_id,
            created_at=now,
            next_at=now,
        )
        for tenant_id, key, payload in messages
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    nudge_after_commit()


@operation
def claim_message(*, actor: Actor, now: datetime, message_id: int) -> OutboxMessage | None:
    """Take a due message for a while; None when another relay has it or it is settled.

    The try is counted and the next one set before the effect runs: an effect that kills its
    process is tried again after the lease, and is given up like any other.
    """
    due = OutboxMessage.objects.due(now).filter(tenant_id=actor.tenant_id, pk=message_id)
    message = due.select_for_update(skip_locked=True).first()
    if message is None:
        return None
    if message.tries >= MAX_TRIES:
        _give_up(message, now)
        return None
    message.tries += 1
    message.next_at = now + LEASE
    message.save(update_fields=["tries", "next_at"])
    return message


@operation
def settle_message(*, actor: Actor, now: datetime, message: OutboxMessage) -> None:
    """The effect has happened."""
    message.done_at = now
    message.error = ""
    message.save(update_fields=["done_at", "error"])


@operation
def put_off_message(*, actor: Actor, now: datetime, message: OutboxMessage, error: str) -> None:
    """The effect failed: try again after a growing pause, give up after MAX_TRIES."""
    message.error = error[:500]
    message.next_at = now + message.pause
    if message.tries >= MAX_TRIES:
        message.given_up_at = now
    message.save(update_fields=["error", "next_at", "given_up_at"])


@operation
def resend_message(*, actor: Actor, now: datetime, message: OutboxMessage) -> OutboxMessage:
    """Try a given-up message again (park staff). Raises NotPermitted, WrongState."""
    permissions.require(actor, "resend_message")
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if message.given_up_at is None:
        raise WrongState
    message.tries, message.next_at, message.given_up_at = 0, now, None
    message.save(update_fields=["tries", "next_at", "given_up_at"])
    nudge_after_commit()
    return message


def _give_up(message: OutboxMessage, now: datetime) -> None:
    message.given_up_at = now
    message.error = message.error or "the process ended in the middle, each time"
    message.save(update_fields=["given_up_at", "error"])
