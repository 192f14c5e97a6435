"""Domain events: an operation says what happened, and apps above act on it in its transaction.

A lower app never imports a higher one. Members say that an invitation was accepted, and
residency, which nobody below knows of, closes its task. Handlers run at once and inside the same
transaction: if one raises, nothing happened. Effects outside the database go through the outbox
as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foundation.actors import Actor


@dataclass(frozen=True, slots=True)
class Event:
    """``kind`` is app and past participle: ``members.joined``. ``facts`` are ids and words."""

    kind: str
    tenant_id: int
    facts: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Actor, datetime, Event], None]
_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(kind: str, handler: Handler) -> None:
    """Called once, in ``AppConfig.ready``."""
    _handlers[kind].append(handler)


def publish(*, actor: Actor, now: datetime, kind: str, tenant_id: int, **facts: Any) -> None:
    """Tell everybody who subscribed, in the order of their apps."""
    event = Event(kind, tenant_id, facts)
    for handler in _handlers[kind]:
        handler(actor, now, event)
