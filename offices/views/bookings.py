"""Booking by the hour: what one has, what there is, a booking and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbone.paging import page_of
from foundation.errors import DomainError
from foundation.refusals import is_done
from offices.forms import MoveForm, StudioCardForm
from offices.models import Booking, StudioCard
from offices.operations import bookings as operations
from offices.operations.series import cancel_rest
from offices.operations.studio import write_card
from offices.permissions import permissions
from offices.presentation import Shown
from offices.queries import bookable
from offices.views.asking import Asking
from spaces.models import SpaceKind


@require_GET
def bookings(request: Any) -> HttpResponse:
    permissions.require(request.actor, "see_bookings")
    now = timezone.now()
    own = Booking.objects.visible_to(request.actor).select_related("space", "booked_by")
    page = page_of(own, request.GET)
    context = {"page": page, "rows": [Shown(row, request.actor, now) for row in page.rows]}
    return render(request, "offices/bookings.html", context)


@require_GET
def rooms(request: Any) -> HttpResponse:
    """What can be booked by this person."""
    permissions.require(request.actor, "book_spaces")
    found = bookable(request.actor, request.tenant)
    return render(request, "offices/rooms.html", {"rooms": found})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any, pk: int) -> HttpResponse:
    """One space on one day: what is taken, and a form to book it once or again and again."""
    permissions.require(request.actor, "book_spaces")
    asked = Asking(request, pk)
    form = asked.form
    if form.is_bound and form.is_valid():
        answer = asked.series() if form.repeats else asked.once()
        if answer is not None:
            return answer
    return render(request, "offices/new.html", asked.context())


@require_POST
def waiting(request: Any, pk: int) -> HttpResponse:
    """Stand in line for a time that somebody else has."""
    permissions.require(request.actor, "book_spaces")
    asked = Asking(request, pk)
    if asked.form.is_valid() and asked.waits():
        return redirect("offices:bookings", tenant=request.tenant.slug)
    return render(request, "offices/new.html", asked.context())


@require_GET
def booking(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "see_bookings")
    shown = Shown(_own(request, pk), request.actor, timezone.now())
    return render(request, "offices/booking.html", {"shown": shown, "booking": shown.row})


@require_http_methods(["GET", "HEAD", "POST"])
def time(request: Any, pk: int) -> HttpResponse:
    """Another time for a booking."""
    permissions.require(request.actor, "book_spaces")
    own = _own(request, pk)
    start = timezone.localtime(own.starts_at)
    initial = {"day": start.date(), "start": start.time(), "minutes": own.minutes}
    form = MoveForm(request.POST or None, rule=own.space.type.booking_rule, initial=initial)

    def move() -> None:
        known: Any = {"actor": request.actor, "now": timezone.now(), "booking": own}
        operations.move(**known, **form.said())

    if form.is_bound and form.is_valid() and is_done(form, move):
        messages.success(request, _("The booking has another time."))
        return redirect("offices:booking", tenant=request.tenant.slug, pk=pk)
    return render(request, "offices/time.html", {"booking": own, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: Any, pk: int) -> HttpResponse:
    """The card of the live session in the studio."""
    permissions.require(request.actor, "book_spaces")
    own = _own(request, pk)
    if own.space.kind != SpaceKind.STUDIO:
        raise Http404
    card = StudioCard.objects.visible_to(request.actor).filter(booking=own).first()
    form = StudioCardForm(request.POST or None, instance=card)

    def write() -> None:
        known = {"actor": request.actor, "now": timezone.now(), "booking": own}
        write_card(**known, **form.cleaned_data)

    if form.is_bound and form.is_valid() and is_done(form, write):
        messages.success(request, _("The card is saved."))
        return redirect("offices:booking", tenant=request.tenant.slug, pk=pk)
    return render(request, "offices/studio.html", {"booking": own, "form": form})


@require_POST
def acceptance(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.accept, _("It is booked."))


@require_POST
def series_cancellation(request: Any, pk: int) -> HttpResponse:
    done = _("This booking and those after it in its series are cancelled.")
    return _step(request, pk, cancel_rest, done)


@require_POST
def cancellation(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.cancel, _("The booking is cancelled."))


@require_POST
def check_in(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.check_in, _("You are checked in."))


def _own(request: Any, pk: int) -> Booking:
    related = ("space__type__booking_rule", "space__floor__building", "booked_by", "tenant")
    visible = Booking.objects.visible_to(request.actor).select_related(*related)
    return get_object_or_404(visible, pk=pk)


def _step(request: Any, pk: int, operation: Callable[..., Any], done: str) -> HttpResponse:
    """One operation from a button; what a refusal says stands above the booking's page."""
    permissions.require(request.actor, "see_bookings")
    try:
        operation(actor=request.actor, now=timezone.now(), booking=_own(request, pk))
        messages.success(request, done)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("offices:booking", tenant=request.tenant.slug, pk=pk)
