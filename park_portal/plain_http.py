"""Calls of the API without TLS are refused and not redirected.

A program that follows the redirect would send its key readable over the net for ever, and nobody
would notice. Browsers are sent on to https by Django.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gateway import problems

CALLS = "/api/v1/"


class PlainHttpMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SECURE_SSL_REDIRECT or request.is_secure():
            return self.get_response(request)
        if not request.path.startswith(CALLS):
            return self.get_response(request)
        sentence = _("This call came without TLS. Use https, and roll the key that was sent.")
        return problems.answer(403, "plain_http", sentence)
