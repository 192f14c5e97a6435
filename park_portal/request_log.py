"""One line when a request begins and one when it ends: where to, not what for."""

from __future__ import annotations

import structlog
from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without what stands after the question mark: names and numbers are searched for."""
        return f"{request.method} {request.path}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address that the trusted proxy wrote down, as the limits count it."""
        structlog.contextvars.bind_contextvars(ip=_address(request))


def _address(request: HttpRequest) -> str | None:
    try:
        return get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return None
