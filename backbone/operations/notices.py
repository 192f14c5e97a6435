"""Telling people what happened, and what they have read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backbone.models import Notice
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.operations import operation


@operation
def notify(
    *,
    actor: Actor,
    now: datetime,
    user_id: int,
    kind: str,
    title: Sentence,
    body: Sentence = "",
    params: Mapping[str, Any] | None = None,
    url: str = "",
    key: str = "",
) -> None:
    """Tell one person of the actor's organisation something.

    ``title`` and ``body`` are sentences marked for translation, filled with ``params``; ``url``
    is a path inside the portal. With a ``key`` the same thing is told once.
    """
    notice = Notice(
        tenant_id=actor.tenant_id,
        user_id=user_id,
        kind=kind,
        title_said=in_every_language(title, params),
        body_said=in_every_language(body, params),
        url=url,
        key=key,
        created_at=now,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


@operation
def mark_read(*, actor: Actor, now: datetime, notice: Notice) -> None:
    """The person has read one of their notices; another's stays as it is."""
    Notice.objects.visible_to(actor).filter(pk=notice.pk).unread().update(read_at=now)


@operation
def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """The person has read all their notices in this organisation; returns how many were new."""
    return Notice.objects.visible_to(actor).unread().update(read_at=now)
