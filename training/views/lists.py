"""A list of people for a session: uploaded and looked at, then seated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import DomainError
from foundation.refusals import is_done
from tenants.kinds import TenantKind
from training.forms import ListForm, SeatListForm
from training.models import Seat, SeatState, Session
from training.operations.naming import seat_people
from training.permissions import permissions
from training.queries import dated
from training.roster.plan import Plan, make_plan
from training.roster.wrong import KINDS, file_of, packed, unpacked

# Looked at, and nothing done with it yet.
LOOKED_AT = 202


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Any, pk: int) -> HttpResponse:
    """The file; sent, what it would do."""
    own = _own(request, pk)
    is_sent = request.method == "POST"
    if not _has_learners(request):
        if is_sent:
            raise Http404
        return render(request, "training/list.html", {"session": own})
    form = ListForm(*((request.POST, request.FILES) if is_sent else (None, None)))
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            plan = make_plan(own, request.tenant, timezone.now(), file)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            context = _preview(request, own, plan, file.name)
            return render(request, "training/list_preview.html", context, status=LOOKED_AT)
    return render(request, "training/list.html", {"form": form, "session": own})


@require_POST
def seats(request: Any, pk: int) -> HttpResponse:
    """Names for blank seats, then seats for the rest."""
    own = _own(request, pk)
    if not _has_learners(request):
        raise Http404
    form = SeatListForm(request.POST, tenant=request.tenant)
    made: list[Seat] = []

    def operate() -> None:
        said = form.cleaned_data
        made.extend(seat_people(actor=request.actor, now=timezone.now(), session=own, **said))

    if form.is_valid() and is_done(form, operate):
        words = ngettext("%(count)s person has a seat.", "%(count)s people have seats.", len(made))
        messages.success(request, words % {"count": len(made)})
        return redirect("training:session", tenant=request.tenant.slug, pk=pk)
    return render(request, "training/list_refused.html", {"form": form, "session": own})


@require_POST
def wrong(request: Any, pk: int) -> HttpResponse:
    """The wrong rows that the page has shown, as a file."""
    own = _own(request, pk)
    rows = unpacked(request.POST.get("rows", ""), own, request.actor.tenant_id)
    kind = request.POST.get("kind", "")
    if rows is None or kind not in KINDS:
        raise Http404
    name = content_disposition_header(True, f"{own.code}-wrong-rows.{kind}") or "attachment"
    return HttpResponse(
        file_of(rows, kind), content_type=KINDS[kind], headers={"Content-Disposition": name}
    )


def _preview(request: Any, own: Session, plan: Plan, name: str) -> dict[str, Any]:
    blank = Seat.objects.filter(tenant_id=request.actor.tenant_id, session=own)
    held = blank.held(timezone.now()).filter(state=SeatState.HELD).count()
    named = min(held, len(plan.good))
    numbers = "\n".join(row.number for row in plan.good)
    return {
        "session": own,
        "plan": plan,
        "name": name,
        "wrong": packed(plan, own, request.actor.tenant_id),
        "named": named,
        "booked": len(plan.good) - named,
        "form": SeatListForm(tenant=request.tenant, initial={"people": numbers}),
    }


def _own(request: Any, pk: int) -> Session:
    permissions.require(request.actor, "book_seats")
    found = dated(Session.objects.visible_to(request.actor)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _has_learners(request: Any) -> bool:
    """A list names learners by their numbers; others name their people on the page of booking."""
    return bool(request.tenant.kind == TenantKind.UNIVERSITY)
