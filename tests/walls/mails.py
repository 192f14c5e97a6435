"""Each mail that an organisation's messages send, told in marked words."""

from __future__ import annotations

from datetime import datetime

from backbone.operations import send_mail_to
from foundation.actors import Actor
from residency.letters import tell_applicant
from residency.models import Application
from tenants.models import User
from tests.walls.marks import Mark

LETTERS = [
    *("begun", "submitted", "resubmitted", "returned", "declined", "closed", "link"),
    *("withdrawn", "offered", "conditional"),
]
TO_PEOPLE = [
    *("residency/mail/staff", "residency/mail/told", "residency/mail/exit_step"),
    "billing/mail/told",
    *("offices/mail/offered", "training/mail/told"),
]


def fill(mark: Mark, actor: Actor, now: datetime, user: User) -> None:
    """Letters to the applicant of this organisation's application, and what its people are told."""
    application = Application.objects.filter(tenant_id=actor.tenant_id).order_by("pk")[0]
    for letter in LETTERS:
        tell_applicant(
            actor=actor, now=now, application=application, template=letter, key=letter,
            context={"note": mark.word("note"), "reason": mark.word("why")},
        )  # fmt: skip
    said = {"title": {"en": mark.word("subject")}, "body": {"en": mark.word("why")}}
    context = {"path": f"/o/{mark.slug}/", "said": said}
    for number, template in enumerate(TO_PEOPLE):
        send_mail_to(
            actor=actor, now=now, user=user, template=template, context=context,
            key=mark.word(f"told{number}"),
        )  # fmt: skip
