"""Letters to an applicant, in the language of the application, with the link to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from backbone.mail import write
from backbone.models import OutboxMessage
from backbone.operations import enqueue
from foundation.actors import Actor
from residency import links
from residency.models import Application

KIND = "residency.letter"


def tell_applicant(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    template: str,
    key: str,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Mail ``residency/mail/<template>`` to the contact once the transaction is committed.

    The template gets ``application``, ``link`` and what stands in ``context`` (through JSON:
    ids, words and numbers; under ``said`` what was said in every language). A second letter
    with the same ``key`` for the same application is the same letter.
    """
    payload = {
        "application_id": application.pk,
        "template": template,
        "context": dict(context or {}),
    }
    enqueue(
        actor=replace(actor, tenant_id=application.tenant_id),
        now=now,
        kind=KIND,
        payload=payload,
        key=f"letter:{application.pk}:{key}",
    )


def deliver(message: OutboxMessage) -> None:
    """Send it, unless the applicant's data was erased meanwhile."""
    sent = message.payload
    found = Application.objects.filter(pk=sent["application_id"], erased_at=None).first()
    if found is None:
        return
    words = {**sent["context"], "application": found, "link": links.address_of(found)}
    reader = found.contact_name or str(found.draft.get("contact_name", "")) or found.contact_email
    write(
        message,
        f"residency/mail/{sent['template']}",
        words,
        to=found.contact_email,
        reader=reader,
        code=found.language,
    ).send()
