"""A browser in which an account was signed in to before, told by a cookie.

Guesses from it are counted for themselves. So whoever guesses from elsewhere, or from the same
office, cannot keep the owner out: at the owner's own desk there are tries left.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from tenants.models import User

SALT = "tenants.known_devices"
KEPT_FOR = 180 * 24 * 3600
# People who share a computer; each has a mark of their own in the cookie.
MOST_PEOPLE = 5


def known_device(request: HttpRequest, user: User | None) -> str:
    """The device's random name where this person has signed in on it; "" anywhere else."""
    device, marks = _read(request)
    if user is None or not device:
        return ""
    mark = _mark(device, user)
    return device if any(constant_time_compare(mark, known) for known in marks) else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """After a sign-in. A new password makes all devices strangers again."""
    device, marks = _read(request)
    device = device or get_random_string(22)
    mark = _mark(device, user)
    others = [known for known in marks if known != mark][: MOST_PEOPLE - 1]
    response.set_signed_cookie(
        settings.KNOWN_DEVICE_COOKIE,
        ".".join([device, mark, *others]),
        salt=SALT,
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    value: Any = request.get_signed_cookie(
        settings.KNOWN_DEVICE_COOKIE, default="", salt=SALT, max_age=KEPT_FOR
    )
    device, *marks = str(value).split(".")
    return device, marks


def _mark(device: str, user: User) -> str:
    about = f"{device}:{user.pk}:{user.password}"
    return salted_hmac(SALT, about, algorithm="sha256").hexdigest()[:32]
