"""A guest's own page without an account: what they are invited to, yes or no, and the code."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from structlog.contextvars import get_contextvars

from foundation import security_log
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.qr import qr_code
from foundation.security_log import Event
from tenants.guessing import admit
from training import guest_links
from training.models import Guest, GuestState, SessionState
from training.models.guests import EXPECTED
from training.operations.guests import INVITED_IN, answer

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The view gets the guest whom the link names, inside the organisation."""

    @never_cache
    @wraps(view)
    def opened(request: Any, token: str) -> HttpResponse:
        admitted = admit(request, "guest_link_failed", typed=guest_links.claimed(token))
        if admitted is None:
            return respond_429(request)
        told = guest_links.read(token)
        if told is None:
            return _no_link(request)
        admitted.rollback()
        with guest_links.opened(told, timezone.now(), request_id=_request_id()) as guest:
            if guest is None:
                return _no_link(request)
            response = view(request, guest, token)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@require_safe
@by_link
def training_guest(request: Any, guest: Guest, token: str) -> HttpResponse:
    return _page(request, guest, token)


@require_POST
@by_link
def training_guest_answer(request: Any, guest: Guest, token: str) -> HttpResponse:
    actor = Actor(None, guest.tenant_id, request_id=_request_id())
    accepts = request.POST.get("answer") == "yes"
    try:
        answer(actor=actor, now=timezone.now(), guest=guest, accepts=accepts)
    except DomainError as error:
        return _page(request, guest, token, str(error), status=error.status)
    return redirect("training_guest", token=token)


def _page(
    request: Any, guest: Guest, token: str, problem: str = "", *, status: int = 200
) -> HttpResponse:
    event = guest.session
    is_coming = guest.state in EXPECTED and event.state in INVITED_IN
    context = {
        "guest": guest,
        "event": event,
        "dates": event.dates.standing().select_related("space"),
        "token": token,
        "problem": problem,
        "is_off": event.state == SessionState.CANCELLED,
        "may_answer": event.state in INVITED_IN and guest.arrived_at is None,
        "has_said_yes": guest.state == GuestState.ACCEPTED,
        "has_said_no": guest.state == GuestState.DECLINED,
        "code": qr_code(guest_links.door_address(guest), str(_("Your code"))) if is_coming else "",
    }
    return render(request, "training/guest_own.html", context, status=status)


def _no_link(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="guest")
    return render(request, "training/guest_over.html", {"refused": True}, status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
