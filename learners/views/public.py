"""The learner's own page, opened by the personal link; whoever opens it has no account here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
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
    """What is kept, by whom, what for and how long; and the button to agree."""
    return _opened(request, token, _agree if request.method == "POST" else _page)


@never_cache
@require_POST
def withdrawal(request: Any, token: str) -> HttpResponse:
    """Take the consent back."""
    return _opened(request, token, _withdraw)


def _opened(
    request: Any, token: str, answer: Callable[[Any, Learner], HttpResponse]
) -> HttpResponse:
    admitted = admit(request, "learner_link_failed", typed=links.claimed(token))
    if admitted is None:
        return respond_429(request)
    told = links.read(token)
    if told is None:
        return _refuse(request)
    admitted.rollback()
    with links.opened(told, user_id=request.user.pk, request_id=_request_id()) as found:
        return answer(request, found) if found else _refuse(request)


def _agree(request: Any, found: Learner) -> HttpResponse:
    version = request.POST.get("version", "")
    return _decided(request, found, operations.give_consent, version=version)


def _withdraw(request: Any, found: Learner) -> HttpResponse:
    return _decided(request, found, operations.withdraw_consent, own_wish=True)


def _decided(
    request: Any, found: Learner, operation: Callable[..., Any], **more: Any
) -> HttpResponse:
    actor = Actor(None, found.tenant_id, request_id=_request_id())
    try:
        operation(actor=actor, now=timezone.now(), learner=found, **more)
    except DomainError as error:
        return _page(request, found, problem=str(error), status=error.status)
    return redirect(links.path_of(found, found.tenant.slug))


def _page(request: Any, found: Learner, *, problem: str = "", status: int = 200) -> HttpResponse:
    university, today = found.tenant.display_name, timezone.localdate()
    context = {
        "learner": found,
        "university": university,
        "year": str(found.entry_year),
        "park": park_name(),
        # Links are passed on; the holder knows the number, a stranger need not.
        "mobile": mask_phone(found.mobile) if found.mobile else "",
        "email": mask_email(found.email) if found.email else "",
        "text": text_of(CURRENT, university=university),
        "version": CURRENT,
        "given": found.consents.in_force().first(),
        "days": contact_days(today),
        "problem": problem,
        "withdrawal": links.path_of(found, found.tenant.slug, view="learner_withdrawal"),
    }
    return render(request, "learners/consent.html", context, status=status)


def _refuse(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="learner")
    return render(request, "learners/consent_over.html", {"refused": True}, status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
