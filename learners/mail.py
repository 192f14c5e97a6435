"""The mail with the personal link. The link is made here, so that no table holds one."""

from __future__ import annotations

from backbone.mail import write
from backbone.models import OutboxMessage
from learners import links
from learners.models import Learner

KIND = "learners.link"
TEMPLATE = "learners/mail/link"


def deliver(message: OutboxMessage) -> None:
    """Send it unless the link was replaced, the learner left or the address went meanwhile."""
    sent = {"pk": message.payload["learner_id"], "link_nonce": message.payload["nonce"]}
    found = Learner.objects.active().filter(**sent).select_related("tenant").first()
    if found is None or not found.email:
        return
    words = {"learner": found, "link": links.address_of(found, found.tenant.slug)}
    # Chinese, as the portal speaks where nobody has chosen.
    write(message, TEMPLATE, words, to=found.email, reader=found.name, code="").send()
