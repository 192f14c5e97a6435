"""Each mail that an organisation's messages send, told in marked words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
    send_mail_to(
        actor=actor, now=now, user=user, template="billing/mail/reminder",
        context=_reminder(mark), key=mark.word("reminder"),
    )  # fmt: skip


def _reminder(mark: Mark) -> dict[str, Any]:
    word = mark.word("subject")
    bill = {"number": word, "open": word, "reference": word, "due_on": "2026-01-01", "days": 15}
    return {"path": f"/o/{mark.slug}/", "step": 3, "bills": [bill | {"step": 3}]}
