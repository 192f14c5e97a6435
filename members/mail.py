"""The mail of an invitation. Its link is made here, so that no table holds one."""

from __future__ import annotations

from django.utils import timezone

from backbone.mail import write
from backbone.models import OutboxMessage
from members import links
from members.models import Invitation

KIND = "members.invitation"
TEMPLATE = "members/mail/invitation"


def deliver(message: OutboxMessage) -> None:
    """Send it unless it was answered, withdrawn or sent anew meanwhile."""
    sent = {"pk": message.payload["invitation_id"], "nonce": message.payload["nonce"]}
    found = Invitation.objects.filter(**sent).select_related("tenant", "invited_by").first()
    if found is None or found.why_over(timezone.now()):
        return
    words = {"invitation": found, "link": links.address_of(found)}
    reader = found.full_name or found.email
    write(message, TEMPLATE, words, to=found.email, reader=reader, code=found.language).send()
