"""The staff's pages of an event: its guests, and its door."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import DomainError
from foundation.refs import ref_of
from foundation.refusals import is_done
from training import guest_lists
from training.guest_forms import CodeForm, StaffGuestsForm, code_in, guest_key
from training.models import Guest, GuestState, Session, SessionKind
from training.models.guests import EXPECTED
from training.operations import door as operations
from training.operations import guests as lists
from training.permissions import permissions

DOOR, LIST = "mark_attendance", "invite_guests"


@require_http_methods(["GET", "HEAD", "POST"])
def event_guests(request: Any, pk: int) -> HttpResponse:
    """Who is invited, by organisation and by name, and a form for more."""
    permissions.require(request.actor, LIST)
    own = _event(pk)
    form = StaffGuestsForm(request.POST or None, initial={"language": get_language()})

    def add() -> None:
        lists.add_guests(actor=request.actor, now=timezone.now(), session=own, **form.said())

    if form.is_bound and form.is_valid() and is_done(form, add):
        _tell_added(request, len(form.cleaned_data["people"]))
        return redirect("admin:event_guests", pk=pk)
    return _page(request, "training/desk_guests.html", _list(request, own, form))


def _tell_added(request: Any, count: int) -> None:
    words = ngettext("%(count)s guest is on the list.", "%(count)s guests are on the list.", count)
    messages.success(request, words % {"count": count})


def _list(request: Any, own: Session, form: StaffGuestsForm) -> dict[str, Any]:
    rows = guest_lists.guests_of(own)
    state = request.GET.get("state", "")
    word = request.GET.get("q", "").strip()[:100]
    shown = (
        rows.filter(state=state) if state in GuestState.values else rows.exclude(state="removed")
    )
    shown = guest_lists.named(shown, word) if word else shown
    paged = Paginator(shown.order_by("tenant__name", "name", "pk"), guest_lists.PER_PAGE)
    return {
        "title": own.title,
        "event": own,
        "form": form,
        "page": paged.get_page(request.GET.get("page")),
        "sides": guest_lists.sides_of(own),
        "states": GuestState.choices,
        "state": state,
        "word": word,
        "uninvited": _uninvited(own).count(),
        "may_add": own.state in lists.LISTED_IN,
        "may_invite": own.state in lists.INVITED_IN,
    }


def _uninvited(own: Session) -> Any:
    return Guest.objects.filter(session=own, state=GuestState.LISTED).exclude(email="")


@require_POST
def event_invitations(request: Any, pk: int) -> HttpResponse:
    """To everybody who has an address and was not invited yet."""
    permissions.require(request.actor, LIST)
    own = _event(pk)
    rows = list(_uninvited(own).select_related("session"))
    try:
        sent = lists.send_invitations(actor=request.actor, now=timezone.now(), guests=rows)
        words = ngettext("%(count)s invitation is sent.", "%(count)s invitations are sent.", len(sent))  # fmt: skip
        messages.success(request, words % {"count": len(sent)})
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admin:event_guests", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def event_door(request: Any, pk: int) -> HttpResponse:
    """A code is scanned or typed, or a name is looked for; the field has the cursor again."""
    permissions.require(request.actor, DOOR)
    own = _event(pk)
    said: dict[str, Any] = {}
    if request.method == "POST":
        said = _undone(request, own) if "undo" in request.POST else _come(request, own)
    word = request.GET.get("q", "").strip()[:100]
    rows = guest_lists.guests_of(own)
    found = guest_lists.named(rows.exclude(state="removed"), word).order_by("name", "pk")
    here = rows.filter(arrived_at__isnull=False).count()
    values = {
        "title": own.title,
        "event": own,
        "form": CodeForm(),
        "word": word,
        "found": [_with_ref(each) for each in found[: guest_lists.FOUND]] if word else [],
        "latest": [_with_ref(each) for each in guest_lists.latest(own)],
        "come": here,
        "all": rows.filter(state__in=EXPECTED).count(),
        **said,
    }
    return _page(request, "training/desk_door.html", values, status=said.get("status", 200))


def _come(request: Any, own: Session) -> dict[str, Any]:
    guest = _meant(request, own)
    if guest is None:
        return {"problem": _("Nobody on this list has that code."), "status": 422}
    try:
        operations.check_in_guest(actor=request.actor, now=timezone.now(), guest=guest)
    except DomainError as error:
        return {"guest": guest, "problem": str(error), "status": error.status}
    return {"guest": guest, "is_in": True}


def _undone(request: Any, own: Session) -> dict[str, Any]:
    guest = guest_lists.guests_of(own).filter(pk=guest_key(request.POST["undo"])).first()
    if guest is None:
        raise Http404
    try:
        operations.undo_check_in(actor=request.actor, now=timezone.now(), guest=guest)
    except DomainError as error:
        return {"guest": guest, "problem": str(error), "status": error.status}
    return {"guest": guest, "is_undone": True}


def _meant(request: Any, own: Session) -> Guest | None:
    """By the button at a name, or by what was scanned."""
    rows = guest_lists.guests_of(own)
    if ref := request.POST.get("guest"):
        return rows.filter(pk=guest_key(ref)).first()
    code = code_in(request.POST.get("code", "")[:300])
    return rows.filter(code=code).first() if code else None


def _with_ref(guest: Guest) -> tuple[Guest, str]:
    return guest, ref_of(guest.pk, "guest")


@require_safe
def event_guest(request: Any, code: str) -> HttpResponse:
    """Where a phone's camera leads that is held before a guest's code: one button lets them in."""
    permissions.require(request.actor, DOOR)
    rows = Guest.objects.filter(code=code_in(code) or None).exclude(state=GuestState.REMOVED)
    guest = get_object_or_404(rows.select_related("tenant", "session"))
    values = {
        "title": guest.session.title,
        "guest": guest,
        "ref": ref_of(guest.pk, "guest"),
        "is_expected": guest.state in EXPECTED,
        "door": reverse("admin:event_door", kwargs={"pk": guest.session_id}),
    }
    return _page(request, "training/desk_guest.html", values)


def _event(pk: int) -> Session:
    return get_object_or_404(Session.objects.filter(kind=SessionKind.EVENT), pk=pk)


def _page(
    request: Any, template: str, values: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | values, status=status)
