"""Pages without an account: verifying a certificate, and a holder's own with the personal link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from structlog.contextvars import get_contextvars

from certificates import links
from certificates.forms import NumberForm
from certificates.models import Certificate
from certificates.numbers import MistypedNumber, NotANumber, read_number
from certificates.paper import file_name, printed
from certificates.presentation import shown
from foundation import security_log
from foundation.errors import WrongState
from foundation.security_log import Event
from tenants.guessing import admit

View = Callable[..., HttpResponse]
NO_ROBOTS = "noindex, nofollow"


def unlisted(view: View) -> View:
    """Nothing of this is kept by search engines, and nothing by browsers."""

    @never_cache
    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = NO_ROBOTS
        return response

    return answered


# -- verifying -------------------------------------------------------------------------------


@unlisted
@require_safe
def verify(request: Any) -> HttpResponse:
    """A box for the number; it leads to the certificate's page."""
    form = NumberForm(request.GET if request.GET.get("number", "").strip() else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["number"]
        number, problem = _read(typed)
        if number:
            return redirect("verify_number", number=number)
        form.add_error("number", problem)
    return _form(request, form, status=422 if form.errors else 200)


@unlisted
@require_safe
def verify_number(request: Any, number: str) -> HttpResponse:
    """What a certificate says, who gave it, and whether it holds; of its holder only a mask."""
    plain, problem = _read(number)
    if not plain:
        return _refused(request, number, problem)
    if plain != number:
        return redirect("verify_number", number=plain)
    admitted = admit(request, "certificate_unknown", typed=plain)
    if admitted is None:
        return respond_429(request)
    with links.verified(plain, request_id=_request_id()) as found:
        if found is None:
            return _refused(request, plain, _("There is no certificate with this number."))
        admitted.rollback()
        successor = found.successor
        context = {"shown": shown(found), "certificate": found, "successor": successor}
        return render(request, "certificates/verified.html", context)


def _read(typed: str) -> tuple[str, str]:
    """The number and nothing, or nothing and what is wrong with it."""
    try:
        return read_number(typed), ""
    except MistypedNumber:
        return "", _(
            "The last character does not fit the others: one of them was mistyped. Compare it with "
            "the paper."
        )
    except NotANumber:
        return "", _("This is not a number of a certificate of the park. Look at the paper again.")


def _refused(request: Any, typed: str, problem: str) -> HttpResponse:
    form = NumberForm({"number": typed[:60]})
    form.is_valid()
    form.add_error("number", problem)
    return _form(request, form, status=404)


def _form(request: Any, form: NumberForm, *, status: int) -> HttpResponse:
    return render(request, "certificates/verify.html", {"form": form}, status=status)


# -- the holder's own ------------------------------------------------------------------------


def by_link(view: View) -> View:
    """The view gets the certificate that the link names, inside its organisation."""

    @unlisted
    @wraps(view)
    def opened(request: Any, token: str) -> HttpResponse:
        admitted = admit(request, "certificate_link_failed", typed=links.claimed(token))
        if admitted is None:
            return respond_429(request)
        told = links.read(token)
        if told is None:
            return _no_link(request)
        admitted.rollback()
        with links.opened(told, request_id=_request_id()) as found:
            return view(request, found, token) if found else _no_link(request)

    return opened


@require_safe
@by_link
def own_certificate(request: Any, found: Certificate, token: str) -> HttpResponse:
    """One's certificate, to read and to take along."""
    context = {"shown": shown(found), "certificate": found, "token": token}
    return render(request, "certificates/own.html", context)


@require_safe
@by_link
def own_paper(request: Any, found: Certificate, token: str) -> HttpResponse:
    return paper(found)


def paper(certificate: Certificate) -> HttpResponse:
    """The PDF as a download. Raises Http404 for what the park does not print."""
    try:
        content = printed(certificate)
    except WrongState as error:
        raise Http404 from error
    name = content_disposition_header(True, file_name(certificate)) or "attachment"
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": name}
    )


def _no_link(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="certificate")
    return render(request, "certificates/own_over.html", {"refused": True}, status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
