"""One line when a request begins and one when it ends: where to, not what for."""

from __future__ import annotations

import re
import uuid
from typing import Any

import structlog
from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

# What a caller may call its request; anything else gets a name of ours.
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog(RequestMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The request's id, in every answer too: people quote it when something went wrong."""
        given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
        request_id = given if GIVEN_ID.fullmatch(given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response: Any = super().__call__(request)
        response.headers["X-Request-ID"] = request_id
        return response

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
