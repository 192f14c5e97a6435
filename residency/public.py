"""What an applicant sees: the link itself says which application it opens."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from structlog.contextvars import get_contextvars

from foundation import security_log
from foundation.security_log import Event
from residency import links
from tenants.guessing import admit


@never_cache
@require_safe
def application(request: Any, token: str) -> HttpResponse:
    """How far the application has come."""
    admitted = admit(request, "application_link_failed", typed=links.claimed(token))
    if admitted is None:
        return respond_429(request)
    nonce = links.read(token)
    if nonce is None:
        return _no_link(request)
    admitted.rollback()
    with links.opened(nonce, user_id=request.user.pk, request_id=_request_id()) as found:
        if found is None:
            return _no_link(request)
        return render(request, "residency/apply/application.html", {"application": found})


def _no_link(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="application")
    return render(request, "residency/apply/no_link.html", status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
