"""The learner's own page, opened by the personal link; whoever opens it has no account here."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from structlog.contextvars import get_contextvars

from foundation import security_log
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.names import mask_email, mask_phone
from foundation.security_log import Event
from learners import links, operations
from learners.consent_text import CURRENT, text_of
from learners.models import Learner
from learners.queries import contact_days, park_name
from tenants.guessing import admit


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: Any, token: str) -> HttpResponse:
    """What is kept, by whom, what for and how long; agree, or take it back."""
    admitted = admit(request, "learner_link_failed", typed=links.claimed(token))
    if admitted is None:
        return respond_429(request)
    told = links.read(token)
    if told is None:
        return _refuse(request)
    admitted.rollback()
    with links.opened(told, user_id=request.user.pk, request_id=_request_id()) as found:
        if found is None:
            return _refuse(request)
        return _decide(request, found) if request.method == "POST" else _page(request, found)


def _decide(request: Any, found: Learner) -> HttpResponse:
    now = timezone.now()
    actor = Actor(None, found.tenant_id, request_id=_request_id())
    try:
        if request.POST.get("decision") == "withdraw":
            operations.withdraw_consent(actor=actor, now=now, learner=found, own_wish=True)
        else:
            operations.give_consent(
                actor=actor, now=now, learner=found, version=request.POST.get("version", "")
            )
    except DomainError as error:
        return _page(request, found, problem=str(error), status=error.status)
    return redirect(request.path)


def _page(request: Any, found: Learner, *, problem: str = "", status: int = 200) -> HttpResponse:
    university, today = found.tenant.display_name, timezone.localdate()
    context = {
        "learner": found,
        "university": university,
        # Links are passed on; the holder knows the number, a stranger need not.
        "mobile": mask_phone(found.mobile) if found.mobile else "",
        "email": mask_email(found.email) if found.email else "",
        "text": text_of(CURRENT, university=university, park=park_name()),
        "version": CURRENT,
        "given": found.consents.in_force().first(),
        "days": contact_days(today),
        "problem": problem,
    }
    return render(request, "learners/consent.html", context, status=status)


def _refuse(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="learner")
    return render(request, "learners/consent_over.html", status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
