"""Refusals of the API as problem documents (RFC 9457), in the reader's language.

    {"type": "urn:park-portal:problem:not_found", "title": "…", "status": 404,
     "code": "not_found", "detail": "…", "errors": [{"field": "limit", "detail": "…"}]}

``code`` is stable and for programs. The 404 has no word about what was asked for, so that it has
the same bytes for a neighbour's thing and for one that never was. The request's id travels in
the header ``X-Request-ID``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from foundation import security_log
from foundation.errors import DomainError, Sentence
from foundation.security_log import Event

CONTENT_TYPE = "application/problem+json"

TITLES: dict[int, Sentence] = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("No valid key"),
    403: gettext_lazy("Not permitted"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("No such method here"),
    406: gettext_lazy("No such format here"),
    409: gettext_lazy("Not possible now"),
    410: gettext_lazy("Over"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("The format of the body is not understood"),
    422: gettext_lazy("Some values are not right"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
}


class TooLarge(exceptions.APIException):
    """The body is larger than this call takes."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("The body of the request is too large.")


def document(
    status: int,
    code: str,
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": f"urn:park-portal:problem:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "code": code,
    }
    return found | ({"detail": detail} if detail else {}) | ({"errors": errors} if errors else {})


def answer(status: int, code: str, detail: str = "") -> HttpResponse:
    """A problem where no call of the API was reached: unknown addresses, broken servers."""
    return HttpResponse(
        json.dumps(document(status, code, detail), ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
    )


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. What the call wrote before its refusal goes with it."""
    found = _problem(error)
    if found is None:
        return None
    if found["status"] == HTTPStatus.FORBIDDEN:
        security_log.tell(Event.REFUSED, action=found["code"])
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    return Response(found, found["status"], headers=_headers(error), content_type=CONTENT_TYPE)


def _problem(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, Http404 | exceptions.NotFound) or _says_not_found(error):
        return document(404, "not_found")
    if isinstance(error, DomainError):
        fields = [{"field": name, "detail": str(text)} for name, text in error.fields.items()]
        return document(error.status, error.code, str(error), fields)
    if isinstance(error, exceptions.ValidationError):
        return document(422, "invalid", _("Check the marked entries."), list(_flat(error.detail)))
    if isinstance(error, PermissionDenied):
        return document(403, "not_permitted")
    if isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return document(413, "too_large", str(TooLarge.default_detail))
    if isinstance(error, exceptions.APIException):
        return document(error.status_code, _code(error), str(error.detail))
    return None


def _says_not_found(error: Exception) -> bool:
    return isinstance(error, DomainError) and error.code == "not_found"


def _code(error: exceptions.APIException) -> str:
    return str(getattr(error.detail, "code", "") or error.default_code)


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None) or getattr(error, "retry_after", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors as (field, sentence); ``lines.0.sku`` for a field inside a list."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            deeper = f"{path}.{index}" if isinstance(inner, Mapping) else path
            yield from _flat(inner, deeper)
    else:
        yield {"field": "" if path == "non_field_errors" else path, "detail": str(detail)}
