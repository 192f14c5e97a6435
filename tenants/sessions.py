"""When sessions end: at once by raising a person's counter, and by themselves after a while.

Every session carries a hash of the password and of ``User.session_generation``; one that does
not fit any more is nobody's. So ending all of a person's sessions is one number raised in the
transaction that has the reason for it, and none is forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars

from foundation import security_log
from foundation.security_log import Event
from tenants.known_devices import remember_device
from tenants.models import User

# Marks inside the session, in seconds since 1970.
SIGNED_IN, SEEN = "signed_in_at", "seen_at"
# A session in use is written once in this many seconds and not with every page.
MARK_EVERY = 300


def end_all_of(*user_ids: int) -> None:
    """End all sessions of these people, wherever they are signed in."""
    people = User.objects.filter(pk__in=user_ids)
    list(people.order_by("pk").select_for_update().only("pk"))
    people.update(session_generation=F("session_generation") + 1)
    for user_id in user_ids:
        security_log.tell(Event.SESSIONS_ENDED, person=user_id)


def end_others_of(request: HttpRequest, user: User) -> None:
    """End all sessions of the person but the one that asks."""
    with transaction.atomic():
        end_all_of(user.pk)
        user.refresh_from_db(fields=["session_generation"])
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)


def forget_ended(now: datetime) -> None:
    """Delete sessions that are over, and with them addresses and names of devices."""
    Session.objects.filter(expire_date__lt=now).delete()
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    UserSession.objects.filter(last_seen_at__lt=now - longest).delete()


class SessionLimits:
    """Ends a session that is too old or was left alone too long; notes when it was used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated:
            _hold_to_limits(request, time.time())
        response = self.get_response(request)
        if newcomer := getattr(request, "signed_in_as", None):
            remember_device(request, response, newcomer)
        return response


def _hold_to_limits(request: Any, now: float) -> None:
    bind_contextvars(user_id=request.user.pk)
    if is_over(request.session, now=now, is_staff=request.user.is_staff):
        security_log.tell(Event.SESSION_OVER, person=request.user.pk)
        logout(request)
    elif now - request.session.get(SEEN, 0) > MARK_EVERY:
        request.session[SEEN] = now
        UserSession.objects.create_from_request(request)


def is_over(session: Any, *, now: float, is_staff: bool) -> bool:
    """A session without marks was not begun by a sign-in of ours and is over, too."""
    idle = settings.STAFF_SESSION_IDLE if is_staff else settings.SESSION_COOKIE_AGE
    too_old = now - session.get(SIGNED_IN, 0) > settings.SESSION_COOKIE_AGE
    return too_old or now - session.get(SEEN, 0) > idle


def mark_signed_in(sender: Any, request: Any, user: User, **_more: Any) -> None:
    request.session[SIGNED_IN] = request.session[SEEN] = time.time()
    request.signed_in_as = user


def second_factor_changed(sender: Any, request: Any, user: User, **_more: Any) -> None:
    """Whoever stole a session before is out, as after a change of password."""
    end_others_of(request, user)
