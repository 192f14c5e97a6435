"""One line when a request begins and one when it ends: where to, not what for."""

from __future__ import annotations

import re

import structlog
from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Whoever reads the log could use what follows: a link to a file, a link that sets a password.
SECRET = re.compile(r"^(/files/|/accounts/password/reset/key/|/accounts/confirm-email/)[^/]+")


class RequestLog(RequestMiddleware):
    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without what stands after the question mark: names and numbers are searched for."""
        path = SECRET.sub(r"\1…", request.path)
        return f"{request.method} {path}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address that the trusted proxy wrote down, as the limits count it."""
        structlog.contextvars.bind_contextvars(ip=_address(request))


def _address(request: HttpRequest) -> str | None:
    try:
        return get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return None
