"""An organisation's own guests of an event: put forward, invited, answered for, taken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import DomainError
from foundation.qr import qr_code
from foundation.refusals import is_done
from training import guest_links
from training.guest_forms import GuestForm, GuestsForm
from training.guest_lists import GUEST_TONES, allowance_of, counted
from training.models import Guest, GuestState, Session, SessionKind
from training.models.guests import EXPECTED
from training.operations import guests as operations
from training.operations.guests import INVITED_IN
from training.permissions import permissions

ACTION = "invite_guests"


@require_http_methods(["GET", "HEAD", "POST"])
def guests(request: Any, pk: int) -> HttpResponse:
    """All of them with what they said, and a form for more."""
    permissions.require(request.actor, ACTION)
    own = _event(request, pk)
    form = GuestsForm(request.POST or None, initial={"language": get_language()})

    def add() -> None:
        operations.add_guests(actor=request.actor, now=timezone.now(), session=own, **form.said())

    if form.is_bound and form.is_valid() and is_done(form, add):
        count = len(form.cleaned_data["people"])
        words = ngettext("%(count)s guest is on the list.", "%(count)s guests are on the list.", count)  # fmt: skip
        messages.success(request, words % {"count": count})
        return redirect("training:guests", tenant=request.tenant.slug, pk=pk)
    return render(request, "training/guests.html", _page(request, own, form))


def _page(request: Any, own: Session, form: GuestsForm) -> dict[str, Any]:
    rows = _mine(request).filter(session=own).exclude(state=GuestState.REMOVED)
    found = list(rows.select_related("tenant").order_by("name", "pk"))
    allowed = allowance_of(request.tenant, own)
    expected = sum(guest.state in EXPECTED for guest in found)
    return {
        "session": own,
        "form": form,
        "guests": [(guest, GUEST_TONES[guest.state]) for guest in found],
        "counts": counted(found),
        "allowed": allowed,
        "left": max(allowed - expected, 0),
        "may_add": own.is_open(timezone.now()) and expected < allowed,
        "uninvited": sum(g.state == GuestState.LISTED and bool(g.email) for g in found),
        "may_invite": own.state in INVITED_IN,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: Any, pk: int) -> HttpResponse:
    """One of them: to correct, and the link to pass on by hand."""
    permissions.require(request.actor, ACTION)
    own = _guest(request, pk)
    form = GuestForm(request.POST or None, initial=_initial(own))

    def change() -> None:
        said = form.cleaned_data
        operations.change_guest(actor=request.actor, now=timezone.now(), guest=own, **said)

    if form.is_bound and form.is_valid() and is_done(form, change):
        messages.success(request, _("Saved."))
        return redirect("training:guest", tenant=request.tenant.slug, pk=pk)
    context = {
        "guest": own,
        "session": own.session,
        "tone": GUEST_TONES[own.state],
        "form": form,
        "address": guest_links.address_of(own, request.tenant.slug),
        "code": qr_code(guest_links.door_address(own), _("Code of the guest")),
        "may_change": own.state != GuestState.REMOVED and own.arrived_at is None,
        "may_invite": own.session.state in INVITED_IN,
    }
    return render(request, "training/guest.html", context)


@require_POST
def invitations(request: Any, pk: int) -> HttpResponse:
    """To all of them who have an address and were not invited yet."""
    own = _event(request, pk)
    rows = list(_mine(request).filter(session=own, state=GuestState.LISTED).exclude(email=""))
    for each in rows:
        each.session = own
    return _step(request, pk, lambda known: operations.send_invitations(guests=rows, **known))


@require_POST
def guest_invitation(request: Any, pk: int) -> HttpResponse:
    own = _guest(request, pk)
    return _step(
        request, own.session_id, lambda known: operations.send_invitations(guests=[own], **known)
    )


@require_POST
def guest_answer(request: Any, pk: int) -> HttpResponse:
    """What the guest said on the telephone."""
    own, accepts = _guest(request, pk), request.POST.get("answer") == "yes"
    return _step(
        request,
        own.session_id,
        lambda known: operations.answer_for(guest=own, accepts=accepts, **known),
    )


@require_POST
def guest_removal(request: Any, pk: int) -> HttpResponse:
    own = _guest(request, pk)
    return _step(
        request, own.session_id, lambda known: operations.remove_guests(guests=[own], **known)
    )


def _step(request: Any, session: int, operate: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    permissions.require(request.actor, ACTION)
    try:
        operate({"actor": request.actor, "now": timezone.now()})
        messages.success(request, _("Done."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("training:guests", tenant=request.tenant.slug, pk=session)


def _initial(own: Guest) -> dict[str, str]:
    return {name: getattr(own, name) for name in GuestForm.Meta.fields}


def _event(request: Any, pk: int) -> Session:
    rows = Session.objects.visible_to(request.actor).filter(kind=SessionKind.EVENT)
    return get_object_or_404(rows, pk=pk)


def _mine(request: Any) -> Any:
    return Guest.objects.visible_to(request.actor).filter(tenant_id=request.actor.tenant_id)


def _guest(request: Any, pk: int) -> Guest:
    return get_object_or_404(_mine(request).select_related("session", "tenant"), pk=pk)
