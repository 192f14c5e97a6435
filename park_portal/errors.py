"""Error pages in the look of the portal; they name no object, path or identifier.

They are rendered without the request: no query, no session and no context processor can fail a
second time, and every 404 has the same bytes. The request's id travels in a response header.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from backbone.uploads import LARGEST_BODY_BYTES
from foundation import security_log
from foundation.errors import DomainError
from foundation.security_log import Event
from gateway import problems
from tenants.accounts import tell_of_limit

# Programs read problem documents where people read pages.
API = "/api/v1/"
TOO_MUCH = _("This is more than the portal takes at once. Send less, or send it in parts.")
UNREADABLE = _("The portal could not read what was sent. Nothing was changed.")
TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# What was asked for was there before and is no more.
GONE = (404, 410)
# Without the request there is no nonce.
_with_own_scripts: Any = csp_update({"script-src": [SELF]})


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """A request that cannot be read, or that is larger than the portal takes."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    is_big = isinstance(exception, TOO_BIG)
    sentence = TOO_MUCH if is_big else getattr(exception, "sentence", UNREADABLE)
    if request.path.startswith(API):
        return problems.answer(status, "too_large" if is_big else "unreadable", str(sentence))
    if status == 413:
        megabytes = LARGEST_BODY_BYTES // (1024 * 1024)
        return _page("errors/413.html", 413, megabytes=megabytes)
    return _page("errors/400.html", 400, code=400, sentence=sentence)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    security_log.tell(Event.REFUSED, action="page")
    return _page("errors/403.html", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if request.path.startswith(API):
        return problems.answer(404, "not_found")
    return _page("errors/404.html", 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """The library's limits end here."""
    tell_of_limit(request)
    page = _page("429.html", 429)
    page.headers["Retry-After"] = "60"
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return problems.answer(500, "broken")
    return _page("errors/500.html", 500)


def refusal(error: DomainError) -> HttpResponse:
    status, is_gone = error.status, error.status in GONE
    return _page("errors/refused.html", status, sentence=str(error), is_gone=is_gone)


@_with_own_scripts
def _page(template: str, status: int, **context: Any) -> HttpResponse:
    return HttpResponse(render_to_string(template, context), status=status)


class RefusalMiddleware:
    """A refusal that no view turned into a form error becomes a page with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        # Whatever the view wrote before the refusal goes with it.
        transaction.set_rollback(True)
        return refusal(exception)
