"""Only the methods that pages and calls know; TRACE and inventions go no further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

KNOWN = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Pages need no others, and Django's function views answer any of them as a GET.
OF_PAGES = ("GET", "HEAD", "POST")
API = "/api/"


class MethodMiddleware:
    """The method is that of the request line: no header and no field changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN:
            return HttpResponseNotAllowed(KNOWN)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Views exist here; an address without one stays a 404 whatever the method."""
        if request.method in OF_PAGES or request.path.startswith(API):
            return None
        return HttpResponseNotAllowed(OF_PAGES)
