"""The demo's mailbox: mail is kept and shown instead of sent. Production has none of this."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from backbone.forms import MailFilter
from backbone.models import DemoMail
from backbone.paging import page_of

HTML = "text/html"


class MailboxBackend(BaseEmailBackend):
    """Keeps mail in the table DemoMail; the same Message-ID is kept once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if settings.PORTAL_MODE == "production":
            raise ImproperlyConfigured("The demo's mailbox does not run in production.")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        mails = [_kept(message) for message in email_messages]
        DemoMail.objects.bulk_create(mails, ignore_conflicts=True)
        return len(mails)


def _kept(message: EmailMessage) -> DemoMail:
    alternatives = getattr(message, "alternatives", [])
    html = next((str(part[0]) for part in alternatives if part[1] == HTML), "")
    return DemoMail(
        message_id=message.extra_headers.get("Message-ID") or make_msgid(),
        sender=message.from_email,
        recipients=message.recipients(),
        subject=message.subject[:500],
        text=str(message.body),
        html=html,
    )


@require_safe
def mails(request: Any) -> HttpResponse:
    """All mail of the demo, newest first; nobody needs to sign in to read a sign-in mail."""
    _refuse_in_production()
    form = MailFilter(request.GET)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    found = DemoMail.objects.filter(_matches(wanted)) if wanted else DemoMail.objects.all()
    page = page_of(found, request.GET)
    return render(request, "backbone/mailbox.html", {"filter": form, "page": page})


@require_safe
def mail(request: Any, pk: int) -> HttpResponse:
    _refuse_in_production()
    return render(request, "backbone/mail.html", {"mail": get_object_or_404(DemoMail, pk=pk)})


def _matches(words: str) -> Q:
    return Q(recipients__icontains=words) | Q(subject__icontains=words)


def _refuse_in_production() -> None:
    if settings.PORTAL_MODE == "production":
        raise Http404


app_name = "mailbox"
urlpatterns = [path("", mails, name="mails"), path("<int:pk>/", mail, name="mail")]
