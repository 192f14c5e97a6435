"""What applicants do: begin, fill in, submit, withdraw. Whoever has the link may."""

from __future__ import annotations

import secrets
from datetime import datetime

from foundation.actors import Actor
from foundation.operations import operation
from residency.kinds import FORM_VERSION
from residency.letters import tell_applicant
from residency.models import Application, Lead
from residency.numbers import new_number


@operation
def begin_application(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    email: str,
    language: str,
    lead: Lead | None = None,
    draft: dict[str, str] | None = None,
) -> Application:
    """An empty application of the actor's park; its link is mailed to ``email``.

    ``draft`` is what is known already, by field and as it would be typed. Raises DomainError
    for a kind or a language that there is not.
    """
    application = Application.objects.create(
        tenant_id=actor.tenant_id,
        number=new_number("A", now),
        kind=kind,
        lead=lead,
        language=language,
        contact_email=email.strip(),
        draft=draft or {},
        form_version=FORM_VERSION,
        nonce=secrets.token_hex(16),
        started_at=now,
        seen_at=now,
    )
    tell_applicant(actor=actor, now=now, application=application, template="begun", key="begun")
    return application
