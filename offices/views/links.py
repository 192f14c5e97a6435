"""Doors and calendar feeds: pages without an account, and those of their owners."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import DomainError
from foundation.qr import qr_code
from foundation.refusals import is_done
from offices import links
from offices.feeds import written
from offices.forms import FeedForm
from offices.models import Feed
from offices.operations import links as operations
from offices.permissions import permissions
from offices.queries import bookable
from spaces.queries import busy, day_span


@never_cache
@require_GET
def door(request: Any, token: str) -> HttpResponse:
    """For a screen at the door: when the room is taken today, and the code to check in with."""
    space = _space(token)
    now = timezone.now()
    start, end = day_span(timezone.localdate(now))
    taken = busy(spaces=[space], start=start, end=end, now=now)
    address = request.build_absolute_uri(reverse("door_check_in", kwargs={"token": token}))
    context = {
        "space": space,
        "taken": taken,
        "is_taken": any(
            each.start <= now and (each.end is None or now < each.end) for each in taken
        ),
        "now": now,
        "address": address,
        "code": qr_code(address, _("Check in")),
    }
    return render(request, "offices/door.html", context)


@never_cache
@require_GET
def door_check_in(request: Any, token: str) -> HttpResponse:
    """Where the code leads: to the page of the organisation that has booked the room."""
    space = _space(token)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    now = timezone.now()
    own = links.bookers_at(space, request.user, now)
    if len(own) == 1:
        return redirect("offices:at_door", tenant=own[0].slug, token=token)
    return render(request, "offices/door_choice.html", {"space": space, "own": own, "token": token})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def at_door(request: Any, token: str) -> HttpResponse:
    """One's own booking of the room whose door one stands at, and the button to check in."""
    permissions.require(request.actor, "check_in")
    space = _space(token)
    now = timezone.now()
    if request.method == "POST":
        return _checked_in(request, token)
    booking = operations.at_door(request.actor, space, now)
    context = {"space": space, "booking": booking, "token": token}
    return render(request, "offices/at_door.html", context)


def _checked_in(request: Any, token: str) -> HttpResponse:
    known = {"actor": request.actor, "now": timezone.now(), "space": _space(token)}
    try:
        own = operations.check_in_at_door(**known)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("offices:at_door", tenant=request.tenant.slug, token=token)
    messages.success(request, _("You are checked in."))
    return redirect("offices:booking", tenant=request.tenant.slug, pk=own.pk)


def _space(token: str) -> Any:
    space = links.space_of(token)
    if space is None:
        raise Http404
    return space


@never_cache
@require_GET
def feed(request: Any, token: str) -> HttpResponse:
    """A calendar for a phone or a mail program that fetches it by itself."""
    with links.opened(token) as own:
        if own is None:
            raise Http404
        content = written(own, timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="park.ics"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: Any) -> HttpResponse:
    """One's addresses, and a form to make another."""
    permissions.require(request.actor, "book_spaces")
    rooms = list(bookable(request.actor, request.tenant))
    form = FeedForm(request.POST or None, spaces=rooms)
    if form.is_bound and form.is_valid() and _made(request, form):
        return redirect("offices:feeds", tenant=request.tenant.slug)
    own = Feed.objects.visible_to(request.actor).live().select_related("space", "user")
    rows = [(each, links.address_of_feed(each, request.tenant.slug)) for each in own]
    return render(request, "offices/feeds.html", {"rows": rows, "form": form})


@require_POST
def feed_ending(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "book_spaces")
    own = get_object_or_404(Feed.objects.visible_to(request.actor), pk=pk)
    try:
        operations.end_feed(actor=request.actor, now=timezone.now(), feed=own)
        messages.success(request, _("The address opens nothing any more."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("offices:feeds", tenant=request.tenant.slug)


def _made(request: Any, form: FeedForm) -> bool:
    def make() -> None:
        operations.make_feed(actor=request.actor, now=timezone.now(), space=form.space())

    return is_done(form, make)
