"""Booking by the hour: what one has, what there is, a booking and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbone.paging import page_of
from foundation.errors import DomainError
from foundation.refusals import show_refusal
from offices.forms import BookingForm, DayForm
from offices.models import Booking
from offices.operations import bookings as operations
from offices.permissions import permissions
from offices.presentation import Shown
from offices.queries import bookable, extras_for
from spaces.queries import busy, day_span


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
    """One space on one day: what is taken, and a form to book it."""
    permissions.require(request.actor, "book_spaces")
    room = get_object_or_404(bookable(request.actor, request.tenant), pk=pk)
    now = timezone.now()
    days = DayForm({"day": request.GET.get("day") or timezone.localdate(now)})
    day = days.chosen(timezone.localdate(now))
    sent = request.POST if request.method == "POST" else None
    rule = room.type.booking_rule
    extras = extras_for(room, request.actor, request.tenant)
    form = BookingForm(sent, rule=rule, day=day, extras=extras)
    if form.is_bound and form.is_valid():
        made = _booked(request, form, room)
        if made is not None:
            return redirect("offices:booking", tenant=request.tenant.slug, pk=made.pk)
    start, end = day_span(day)
    taken = busy(spaces=[room], start=start, end=end, now=now)
    context = {"room": room, "rule": rule, "days": days, "day": day, "form": form, "taken": taken}
    return render(request, "offices/new.html", context)


@require_GET
def booking(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "see_bookings")
    shown = Shown(_own(request, pk), request.actor, timezone.now())
    return render(request, "offices/booking.html", {"shown": shown, "booking": shown.row})


@require_POST
def cancellation(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.cancel, _("The booking is cancelled."))


@require_POST
def check_in(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.check_in, _("You are checked in."))


def _own(request: Any, pk: int) -> Booking:
    visible = Booking.objects.visible_to(request.actor).select_related("space", "booked_by")
    return get_object_or_404(visible, pk=pk)


def _booked(request: Any, form: BookingForm, room: Any) -> Booking | None:
    """The booking; None with its refusal at the form."""
    try:
        known = {"actor": request.actor, "now": timezone.now(), "space": room}
        made = operations.book(**known, **form.said())
    except DomainError as error:
        show_refusal(form, error)
        return None
    messages.success(request, _("It is booked.") if made.answer_by is None else _("Asked for."))
    return made


def _step(request: Any, pk: int, operation: Callable[..., Any], done: str) -> HttpResponse:
    """One operation from a button; what a refusal says stands above the booking's page."""
    permissions.require(request.actor, "see_bookings")
    try:
        operation(actor=request.actor, now=timezone.now(), booking=_own(request, pk))
        messages.success(request, done)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("offices:booking", tenant=request.tenant.slug, pk=pk)
