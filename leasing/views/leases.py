"""The organisation's leases: terms, schedule, what is due, handovers to confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.models import Document
from backbone.paging import page_of
from foundation.errors import DomainError
from foundation.refusals import is_done
from leasing.contract_paper import conditions
from leasing.models import Handover, HandoverKind, Lease, LeaseState, LineKind
from leasing.operations import handovers, papers
from leasing.operations.settlement import proposal
from leasing.permissions import permissions
from leasing.presentation import charges_shown, compared, readings, tone_of
from leasing.schedule import total
from leasing.terms import schedule_of
from residency.agreement_forms import SignedCopyForm


@require_safe
def leases(request: Any) -> HttpResponse:
    """All that can be signed or were, newest first."""
    permissions.require(request.actor, "read_leases")
    own = Lease.objects.visible_to(request.actor).prefetch_related("units__space")
    page = page_of(own, request.GET)
    shown = [(row, tone_of(row, timezone.localdate())) for row in page.rows]
    return render(request, "leasing/leases.html", {"page": page, "rows": shown})


@require_safe
def lease(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "read_leases")
    own = _own(request, pk)
    today = timezone.localdate()
    periods = schedule_of(own)
    context = {
        "lease": own,
        "tone": tone_of(own, today),
        "is_late": own.state in ("effective", "ending") and own.last_on < today,
        "units": own.units.select_related("space"),
        "conditions": conditions(own),
        "periods": periods,
        "total": total(periods),
        "charges": charges_shown(own, today),
        "handovers": own.handovers.all(),
        "differences": compared(own.previous, own) if own.previous else [],
        "paper": _file(request, own.document),
        "copy": _file(request, own.signed_copy),
        "may_upload": _may_upload(request, own),
    }
    return render(request, "leasing/lease.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def signed_copy(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "upload_signed_lease")
    own = _own(request, pk)
    form = SignedCopyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _upload(request, own, form):
        messages.success(request, _("The signed copy is with the park, which looks at it next."))
        return redirect("leasing:lease", tenant=request.tenant.slug, pk=pk)
    return render(request, "leasing/signed_copy.html", {"form": form, "lease": own})


@require_safe
def handover(request: Any, pk: int) -> HttpResponse:
    """One sheet; of an inspection also the meters at both ends and what becomes of the deposit."""
    permissions.require(request.actor, "read_leases")
    own = _own_handover(request, pk)
    is_check_out = own.kind == HandoverKind.CHECK_OUT
    first = own.lease.handovers.filter(kind=HandoverKind.MOVE_IN).first()
    may = permissions.permits(request.actor, "confirm_for_organisation")
    waits = own.state == "open" and own.park_at is not None
    context = {
        "handover": own,
        "lease": own.lease,
        "lines": own.lines.exclude(kind=LineKind.PHOTO).select_related("handover__lease"),
        "photos": own.lines.filter(kind=LineKind.PHOTO).select_related("document"),
        "readings": readings(first, own) if is_check_out else [],
        "settlement": _settlement(own) if is_check_out else None,
        "waits": waits,
        "may_confirm": may and waits,
    }
    return render(request, "leasing/handover.html", context)


@require_POST
def confirmation(request: Any, pk: int) -> HttpResponse:
    """The organisation agrees with the sheet as it is."""
    permissions.require(request.actor, "confirm_for_organisation")
    try:
        handovers.confirm_for_organisation(
            actor=request.actor, now=timezone.now(), handover=_own_handover(request, pk)
        )
        messages.success(request, _("Both sides have signed."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("leasing:handover", tenant=request.tenant.slug, pk=pk)


def _settlement(own: Handover) -> Any:
    """As it was signed, or as it would be today; a sheet the park works on shows none yet."""
    return own.settlement or (proposal(own) if own.park_at else None)


def _own(request: Any, pk: int) -> Lease:
    rows = Lease.objects.visible_to(request.actor)
    rows = rows.select_related("tenant", "previous", "document", "signed_copy")
    return get_object_or_404(rows, pk=pk)


def _own_handover(request: Any, pk: int) -> Handover:
    rows = Handover.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("lease__tenant"), pk=pk)


def _file(request: Any, document: Document | None) -> Document | None:
    """The file where the reader may open it."""
    if document is None:
        return None
    return Document.objects.visible_to(request.actor).filter(pk=document.pk).first()


def _may_upload(request: Any, own: Lease) -> bool:
    waits = own.state == LeaseState.AWAITING and own.document_id is not None
    return waits and permissions.permits(request.actor, "upload_signed_lease")


def _upload(request: Any, own: Lease, form: Form) -> bool:
    file = form.cleaned_data["file"]
    return is_done(
        form,
        lambda: papers.upload_signed_copy(
            actor=request.actor, now=timezone.now(), lease=own, file=file, name=file.name
        ),
    )
