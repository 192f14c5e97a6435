"""What holds for every answer of the portal, whatever view gave it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answering = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """Adds what a view did not say otherwise; first in the list, so that nothing escapes it.

    Nothing is kept by browsers or proxies: any page may hold a person's data or form.
    """

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.HEADERS_OF_EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        kind = response.headers.get("Content-Type", "")
        # An uploaded file keeps the encoding it came with, and nobody knows which that is.
        if kind.startswith("text/") and "charset" not in kind and not response.streaming:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response
