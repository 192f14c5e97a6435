"""Before keys, second factors and bank details change, people show once more who they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]


def recently_authenticated(*, back: str = "") -> Callable[[View], View]:
    """Ask for the password or a second factor unless that was done in the last quarter of an hour.

    For views under ``/o/<tenant>/``. Reading leads to the question and then back. A form that was
    sent is dropped with a word about it, and after the answer the person stands on the page
    ``back`` (a view of the organisation without further arguments), or on the same address. The
    library would keep the form and run the view by itself, outside the organisation.
    """

    def decorate(view: View) -> View:
        asking = reauthentication_required(view)

        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return asking(request, *args, **kwargs)
            except ReauthenticationRequired:
                if request.method in ("GET", "HEAD"):
                    raise
                return _ask_first(request, back)

        return guarded

    return decorate


def _ask_first(request: Any, back: str) -> HttpResponse:
    sentence = _("Nothing was changed yet. Confirm that it is you, then send it once more.")
    messages.info(request, sentence)
    page = reverse(back, kwargs={"tenant": request.tenant.slug}) if back else request.path
    door = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    return redirect(f"{door}?{urlencode({'next': page})}")
