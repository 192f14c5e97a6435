"""Pages of an organisation that has left the park are for reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from foundation.errors import DomainError
from park_portal.errors import refusal
from tenants import standing


class StandingMiddleware:
    """Stands behind TenantMiddleware, which finds out for whom the request is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        try:
            standing.require_may_write(request, view)
        except DomainError as error:
            return refusal(error)
        return None
