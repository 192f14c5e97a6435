"""Mail to people, written down to be sent after the commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backbone.operations.outbox import enqueue
from foundation.actors import Actor
from foundation.operations import operation
from tenants.models import User


@operation
def send_mail_to(
    *, actor: Actor, now: datetime, user: User, template: str, context: dict[str, Any], key: str
) -> None:
    """Mail the person once the transaction is committed; the same ``key`` is sent once.

    ``context`` goes through JSON: ids, words and numbers, no objects and no secrets. What
    stands in it under ``said`` was said in every language (``backbone.sentences``) and comes to
    the template by its own name in the reader's.
    """
    payload = {"user_id": user.pk, "template": template, "context": context}
    enqueue(actor=actor, now=now, kind="mail.send", payload=payload, key=f"mail:{key}")
