"""The reader's language: kept with the person, else in a cookie, else what the browser asks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

# Django's names of languages are in lower case; the attribute of <html> wants the script's.
HTML_LANGUAGES = {"zh-hans": "zh-Hans"}


def html_language() -> str:
    """The active language as a BCP 47 tag for ``<html lang>``."""
    code = translation.get_language() or settings.LANGUAGE_CODE
    return HTML_LANGUAGES.get(code, code)


class LanguageMiddleware:
    """Switch to the signed-in person's own language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language and go back to the page."""
    code = request.POST.get("language", "")
    response = HttpResponseRedirect(_way_back(request))
    if code not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"
