"""Sessions as an organisation sees them: what is left for it, its seats, and booking them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from foundation.refusals import is_done
from training.forms import BookForm, NamesForm
from training.guest_lists import brings_guests
from training.models import Seat, SeatState, Session
from training.operations.booking import book
from training.operations.naming import name_seats
from training.permissions import permissions
from training.presentation import ShownSeat, session_badge, state_counts
from training.queries import (
    Offer,
    dated,
    is_over,
    lines_for,
    offers_of,
    past_with_seats,
    upcoming,
)

# More are not looked at on one page; the catalogue has them all.
SHOWN = 100


@require_GET
def sessions(request: Any) -> HttpResponse:
    """What is to come, with what is left of each for this organisation, and what is past."""
    permissions.require(request.actor, "see_training")
    now = timezone.now()
    offers = offers_of(request.tenant, list(upcoming(request.actor)[:SHOWN]), now)
    past = list(past_with_seats(request.actor)[:SHOWN])
    return render(request, "training/sessions.html", {"offers": offers, "past": past})


@require_GET
def session(request: Any, pk: int) -> HttpResponse:
    """One session: dates, what is left and why, and the organisation's seats in it."""
    permissions.require(request.actor, "see_training")
    return render(request, "training/session.html", _page(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: Any, pk: int) -> HttpResponse:
    """Seats with names, or blank ones."""
    permissions.require(request.actor, "book_seats")
    own = _own(request, pk)
    offer = offers_of(request.tenant, [own], timezone.now())[0]
    form = BookForm(
        request.POST or None, tenant=request.tenant, lines=lines_for(request.tenant, own)
    )

    def operate() -> None:
        made = book(actor=request.actor, now=timezone.now(), session=own, **form.said())
        _say(request, made)

    if form.is_bound and form.is_valid() and is_done(form, operate):
        return _to(request, pk)
    return render(request, "training/booking.html", {"form": form, "offer": offer, "session": own})


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: Any, pk: int) -> HttpResponse:
    """Names for blank seats, one after the other."""
    permissions.require(request.actor, "book_seats")
    own = _own(request, pk)
    now = timezone.now()
    held = Seat.objects.filter(tenant_id=request.actor.tenant_id, session=own).held(now)
    blank = list(held.filter(state=SeatState.HELD).select_related("session").order_by("pk"))
    form = NamesForm(request.POST or None, tenant=request.tenant)

    def operate() -> None:
        people = form.cleaned_data["people"]
        name_seats(actor=request.actor, now=now, names=_pairs(blank, people))

    if form.is_bound and form.is_valid() and _fits(form, blank) and is_done(form, operate):
        return _to(request, pk)
    context = {"form": form, "blank": len(blank), "session": own}
    return render(request, "training/names.html", context)


def _pairs(blank: list[Seat], people: list[Any]) -> dict[Seat, Any]:
    return dict(zip(blank, people, strict=False))


def _fits(form: NamesForm, blank: list[Seat]) -> bool:
    count = len(blank)
    if len(form.cleaned_data["people"]) <= count:
        return True
    words = ngettext("There is %(count)s blank seat.", "There are %(count)s blank seats.", count)
    form.add_error("people", words % {"count": count})
    return False


def _own(request: Any, pk: int) -> Session:
    return get_object_or_404(dated(Session.objects.visible_to(request.actor)), pk=pk)


def _page(request: Any, pk: int) -> dict[str, Any]:
    now = timezone.now()
    own = _own(request, pk)
    offer: Offer = offers_of(request.tenant, [own], now)[0]
    mine = Seat.objects.filter(tenant_id=request.actor.tenant_id, session=own)
    rows = mine.select_related("learner", "membership__user").order_by("state", "pk")
    seats = [ShownSeat(row, request.actor, now) for row in rows]
    label, tone = session_badge(own)
    return {
        "session": own,
        "label": label,
        "tone": tone,
        "offer": offer,
        "dates": own.dates.standing().select_related("space"),
        "trainers": own.trainers.all(),
        "seats": seats,
        "counts": state_counts(seats),
        "blank": sum(seat.state == SeatState.HELD for seat in seats),
        "may_book": permissions.permits(request.actor, "book_seats"),
        "brings_guests": brings_guests(request.tenant, own),
        "is_over": is_over(own),
        "can_name": now < own.closes_at,
    }


def _say(request: Any, made: list[Seat]) -> None:
    waiting = sum(seat.state == SeatState.WAITLISTED for seat in made)
    given = len(made) - waiting
    if given:
        words = ngettext("%(count)s seat is yours.", "%(count)s seats are yours.", given)
        if made[0].state == SeatState.REQUESTED:
            words = ngettext(
                "%(count)s seat is asked for: the park approves it.",
                "%(count)s seats are asked for: the park approves them.",
                given,
            )
        messages.success(request, words % {"count": given})
    if waiting:
        words = ngettext(
            "%(count)s seat is on the waiting list.",
            "%(count)s seats are on the waiting list.",
            waiting,
        )
        messages.info(request, words % {"count": waiting})


def _to(request: Any, pk: int) -> HttpResponse:
    return redirect("training:session", tenant=request.tenant.slug, pk=pk)
