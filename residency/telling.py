"""Telling one of the park's people: in the portal, and by mail in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backbone.operations import notify, send_mail_to
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from tenants.models import User


def tell_staff(
    *,
    actor: Actor,
    now: datetime,
    user: User,
    kind: str,
    title: Sentence,
    body: Sentence = "",
    params: Mapping[str, Any] | None = None,
    url: str,
    key: str,
) -> None:
    """A notice and a mail with the same words; the same ``key`` is told once.

    ``url`` is a path inside the portal.
    """
    notify(
        actor=actor,
        now=now,
        user_id=user.pk,
        kind=kind,
        title=title,
        body=body,
        params=params,
        url=url,
        key=key,
    )
    said = {"title": in_every_language(title, params), "body": in_every_language(body, params)}
    send_mail_to(
        actor=actor,
        now=now,
        user=user,
        template="residency/mail/staff",
        context={"path": url, "said": said},
        key=key,
    )
