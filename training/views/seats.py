"""Seats: named, given up, taken from an offer; and the rows behind every number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbone.paging import page_of
from foundation.errors import DomainError, Sentence
from foundation.refs import pk_of
from foundation.refusals import is_done
from training.forms import NameForm, SeatsForm
from training.models import Seat, SeatAgreement
from training.operations import giving_up
from training.operations.naming import name_seats
from training.operations.offers import accept
from training.permissions import permissions
from training.presentation import ShownSeat
from training.queries import LISTS, seats_of


@dataclass(frozen=True, slots=True)
class Verb:
    """What is done with ticked seats; asked for once more on a page of its own."""

    label: Sentence
    note: Sentence
    operate: Callable[..., Any]
    done: Sentence
    asks_reason: bool = False
    tone: str = "danger"


VERBS = {
    "release": Verb(
        pgettext_lazy("seats", "Give back"),
        _("Blank seats go back to where they came from, and to who waits for one."),
        giving_up.release,
        _("The seats are given back."),
    ),
    "cancellation": Verb(
        pgettext_lazy("seats", "Cancel"),
        _("These people lose their seats."),
        giving_up.cancel,
        _("The seats are cancelled."),
        asks_reason=True,
    ),
    "departure": Verb(
        pgettext_lazy("seats", "Leave the waiting list"),
        _("Your place in the list is gone; whoever comes back stands at its end."),
        giving_up.leave,
        _("You have left the list."),
    ),
    "acceptance": Verb(
        pgettext_lazy("seats", "Accept"),
        _("What you do not accept stays offered until its time is over, or you decline it."),
        accept,
        _("The seats are yours."),
        tone="primary",
    ),
    "refusal": Verb(
        pgettext_lazy("seats", "Decline"),
        _("The next in the list is asked."),
        giving_up.decline_offer,
        _("The offer is declined."),
    ),
}


@require_POST
def ticked(request: Any, pk: int, verb: str) -> HttpResponse:
    """First what it would do, then, when it is said again, the doing."""
    permissions.require(request.actor, "book_seats")
    if verb not in VERBS:
        raise Http404
    own, form = VERBS[verb], SeatsForm(request.POST)
    seats = [seat for seat in form.chosen(request.actor) if seat.session_id == pk]
    if not seats:
        messages.warning(request, _("Choose seats."))
        return _to(request, pk)
    if "sure" not in request.POST or not form.is_valid():
        return render(request, "training/ticked.html", _question(request, own, form, seats))
    reason = {"reason": form.cleaned_data["reason"]} if own.asks_reason else {}
    try:
        own.operate(actor=request.actor, now=timezone.now(), seats=seats, **reason)
        messages.success(request, str(own.done))
    except DomainError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error))
    return _to(request, pk)


def _question(request: Any, verb: Verb, form: SeatsForm, seats: list[Seat]) -> dict[str, Any]:
    now = timezone.now()
    session = seats[0].session
    return {
        "verb": verb,
        "form": form,
        "session": session,
        "seats": [ShownSeat(seat, request.actor, now) for seat in seats],
        "is_late": verb.asks_reason and now > session.cancel_until,
        "pays": not seats[0].agreement_id and not seats[0].funding_line_id,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def naming(request: Any, pk: int) -> HttpResponse:
    """Who has this seat: given a name, or another one until the cut-off."""
    permissions.require(request.actor, "book_seats")
    visible = Seat.objects.visible_to(request.actor).filter(tenant_id=request.actor.tenant_id)
    own = get_object_or_404(
        visible.select_related("session__course", "learner", "membership__user"), pk=pk
    )
    form = NameForm(request.POST or None, tenant=request.tenant)
    now = timezone.now()

    def operate() -> None:
        name_seats(actor=request.actor, now=now, names={own: form.cleaned_data["person"]})

    if form.is_bound and form.is_valid() and is_done(form, operate):
        messages.success(request, _("The seat has a name."))
        return _to(request, own.session_id)
    shown = ShownSeat(own, request.actor, now)
    return render(request, "training/naming.html", {"form": form, "seat": shown})


@require_GET
def seats(request: Any, which: str) -> HttpResponse:
    """The rows behind a number: one query counts and lists."""
    permissions.require(request.actor, "see_training")
    if which not in LISTS:
        raise Http404
    now = timezone.now()
    agreement = _agreement(request)
    rows = seats_of(request.actor, which, now, agreement)
    page = page_of(
        rows.select_related("session__course", "agreement", "learner", "membership__user"),
        request.GET,
    )
    context = {
        "page": page,
        "title": LISTS[which],
        "agreement": agreement,
        "count": rows.count(),
        "seats": [ShownSeat(row, request.actor, now) for row in page.rows],
    }
    return render(request, "training/seats.html", context)


def _agreement(request: Any) -> SeatAgreement | None:
    """The one that the address names, if the reader may see it; what is none filters nothing."""
    try:
        pk = pk_of(request.GET.get("agreement", ""), "seat_agreement")
    except ValueError:
        return None
    own = SeatAgreement.objects.visible_to(request.actor)
    return get_object_or_404(own.filter(tenant_id=request.actor.tenant_id), pk=pk)


def _to(request: Any, pk: int) -> HttpResponse:
    return redirect("training:session", tenant=request.tenant.slug, pk=pk)
