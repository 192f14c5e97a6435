"""What no door takes: text that cannot be stored, and bytes that are not UTF-8.

One place for every view, form and parameter, so that a page added later need not think of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _

from foundation.text import is_storable, is_utf8
from park_portal.errors import bad_request

REPLACEMENT = "\ufffd"
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
NO_TYPE = "unreadable"


class PlainRequest(WSGIRequest):
    """The request as ``park_portal.wsgi`` makes it: its Content-Type decides on no decoding.

    Django would read the query with the codec that a header names, before any middleware could
    refuse it, and an exception there has no page of ours.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            found = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            found = (NO_TYPE, {})
        self.content_type, self.content_params = found


class UnreadableRequest(BadRequest):
    """Answered with 400 and the sentence, by the page for requests that cannot be read."""

    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


class TextMiddleware:
    """Refuses what cannot be read before any view, session or query sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _forget_broken_cookies(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Raises Http404 for an address that no page can have."""
        if not is_storable(request.path):
            raise Http404
        try:
            _check(request)
        except UnreadableRequest as error:
            # Not raised further: Django would log each one with its traceback.
            return bad_request(request, error)
        return None


def _forget_broken_cookies(request: HttpRequest) -> None:
    r"""A quoted cookie may say ``\000``; as a session's key it would reach the database."""
    for name in [name for name, value in request.COOKIES.items() if not is_storable(value)]:
        del request.COOKIES[name]


def _check(request: HttpRequest) -> None:
    _check_headers(request)
    _check_query(request.META.get("QUERY_STRING", "").encode("latin-1"), request.GET)
    if request.method == "POST":
        _check_form(request)


def _check_headers(request: HttpRequest) -> None:
    """Some of Python's codecs make lone surrogates of plain letters, some make no text at all."""
    named = (request.content_params or {}).get("charset", "utf-8").strip().lower()
    accepts = request.META.get("HTTP_ACCEPT", "")
    readable = request.content_type != NO_TYPE and ("*=" not in accepts or _can_be_read(accepts))
    if not readable or named not in ("utf-8", "utf8"):
        raise UnreadableRequest(_("The portal reads UTF-8 only."))


def _can_be_read(header: str) -> bool:
    """A parameter may name an encoding of its own (RFC 2231), and that may be none."""
    try:
        for part in header.split(","):
            parse_header_parameters(part)
    except ValueError:
        return False
    return True


def _check_form(request: HttpRequest) -> None:
    if request.content_type == URLENCODED:
        _check_query(request.body, request.POST)
    elif request.content_type == MULTIPART:
        # The bytes are gone once they are parsed: what could not be read is told by its mark.
        texts = list(_texts(request.POST))
        _refuse_unless(all(is_storable(text) and REPLACEMENT not in text for text in texts))


def _check_query(raw: bytes, parsed: QueryDict) -> None:
    _refuse_unless(is_utf8(raw) and all(map(is_storable, _texts(parsed))))


def _texts(query: QueryDict) -> Iterable[str]:
    for name, values in query.lists():
        yield name
        yield from values


def _refuse_unless(readable: bool) -> None:
    if not readable:
        raise UnreadableRequest(
            _(
                "An entry holds characters that cannot be stored, such as a NUL byte or half a character. Remove them and send it again."
            )
        )
