"""Mail to people, in their language; ``operations.send_mail_to`` puts it into the outbox.

A template ``<app>/mail/<name>`` is two files: ``.txt``, whose first line is the subject, and
``.html`` with the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from backbone.models import OutboxMessage
from backbone.sentences import for_reader
from foundation.refs import ref_of
from tenants.models import User


def deliver(message: OutboxMessage) -> None:
    """Render and send; a person who has no address by now gets nothing."""
    user = User.objects.get(pk=message.payload["user_id"])
    if user.email and user.is_active:
        compose(user, message).send()


def compose(user: User, message: OutboxMessage) -> EmailMultiAlternatives:
    """The mail to somebody who has an account, as it leaves."""
    template, context = message.payload["template"], message.payload["context"]
    return write(message, template, context, to=user.email, reader=str(user), code=user.language)


def write(
    message: OutboxMessage,
    template: str,
    context: Mapping[str, Any],
    *,
    to: str,
    reader: str,
    code: str,
) -> EmailMultiAlternatives:
    """Text and HTML in the reader's language ``code``, one Message-ID per key of the message."""
    values = dict(context)
    said = values.pop("said", {})
    with translation.override(code or settings.LANGUAGE_CODE):
        values |= {name: for_reader(sentence) for name, sentence in said.items()}
        values |= {"reader": reader, "portal_url": settings.PORTAL_URL}
        subject, _newline, text = render_to_string(f"{template}.txt", values).partition("\n")
        # A name may hold a carriage return, a header may not.
        subject = " ".join(subject.split())
        html = render_to_string(f"{template}.html", {**values, "subject": subject})
    mail = EmailMultiAlternatives(
        subject=subject, body=text.strip() + "\n", to=[to], headers=_headers(message)
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _headers(message: OutboxMessage) -> dict[str, str]:
    # The same message tried twice has the same id, by which mail servers drop the second.
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
    return {
        "Message-ID": f"<{ref_of(message.pk, 'mail')}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
