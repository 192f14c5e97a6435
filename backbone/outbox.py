"""What the outbox can do: each app registers its effects.

    register("mail.send", send)

``effect(message)`` runs in a worker, in a transaction as the message's organisation. What it
writes to the database commits together with the mark that the message is done, so it happens
once; what it does outside may happen twice and must be keyed by ``message.key``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from backbone.models import OutboxMessage

Effect = Callable[["OutboxMessage"], None]

logger = logging.getLogger(__name__)
_effects: dict[str, Effect] = {}


class UnknownEffect(LookupError):
    """No app registered this kind of message."""


def register(kind: str, effect: Effect) -> None:
    """Make a kind of message known; called once by each app, in ``AppConfig.ready``."""
    _effects[kind] = effect


def effect_of(kind: str) -> Effect:
    try:
        return _effects[kind]
    except KeyError:
        raise UnknownEffect(kind) from None


def nudge_after_commit() -> None:
    """Wake the relay once the transaction is committed, once for any number of messages.

    Only for speed: when the process ends before, or the broker is away, beat's next relay
    finds the message.
    """
    if not any(_nudge in waiting for waiting in connection.run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    from backbone.tasks import relay

    try:
        relay.apply_async(retry=False)
    except Exception:  # noqa: BLE001  whatever a broker can raise, the request is answered
        logger.warning("the relay was not woken; it will find the message by itself")
