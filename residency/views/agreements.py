"""The organisation's agreements: read, return the signed copy, tell how far promises are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backbone.models import Document
from backbone.paging import page_of
from foundation.refusals import is_done
from residency.agreement_forms import ProgressForm, SignedCopyForm
from residency.models import Agreement, AgreementParty, AgreementState, Commitment
from residency.operations.agreement_parts import tell_progress
from residency.operations.signing import upload_signed_copy
from residency.permissions import permissions
from residency.presentation import tone_of_agreement


@require_safe
def agreements(request: Any) -> HttpResponse:
    """All that are more than a draft of the park's, newest first."""
    permissions.require(request.actor, "read_agreements")
    page = page_of(_seen(request), request.GET)
    shown = [(row, tone_of_agreement(row, timezone.localdate())) for row in page.rows]
    return render(request, "residency/agreements.html", {"page": page, "agreements": shown})


@require_safe
def agreement(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "read_agreements")
    own = _own(request, pk)
    today = timezone.localdate()
    context = {
        "agreement": own,
        "tone": tone_of_agreement(own, today),
        "parties": own.parties.all(),
        "commitments": [
            (each, each.is_overdue(today) and own.state == AgreementState.EFFECTIVE)
            for each in own.commitments.select_related("party")
        ],
        "paper": _file(request, own.document),
        "copy": _file(request, own.signed_copy),
        "may_upload": _may_upload(request, own),
        "may_tell": own.state == AgreementState.EFFECTIVE
        and permissions.permits(request.actor, "tell_progress"),
        "own_side": AgreementParty.Side.ORGANISATION,
    }
    return render(request, "residency/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def signed_copy(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "upload_signed_copy")
    own = _own(request, pk)
    form = SignedCopyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _upload(request, own, form):
        messages.success(request, _("The signed copy is with the park, which looks at it next."))
        return redirect("residency:agreement", tenant=request.tenant.slug, pk=pk)
    return render(request, "residency/signed_copy.html", {"form": form, "agreement": own})


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: Any, pk: int) -> HttpResponse:
    """How far something promised is."""
    permissions.require(request.actor, "tell_progress")
    visible = Commitment.objects.visible_to(request.actor).select_related("agreement", "party")
    own = get_object_or_404(visible.filter(agreement__in=_seen(request)), pk=pk)
    form = ProgressForm(request.POST if request.method == "POST" else None, instance=own)
    if request.method == "POST" and form.is_valid() and _tell(request, own, form):
        messages.success(request, _("Noted."))
        where = {"tenant": request.tenant.slug, "pk": own.agreement_id}
        return redirect("residency:agreement", **where)
    return render(request, "residency/progress.html", {"form": form, "commitment": own})


def _seen(request: Any) -> Any:
    """A draft is the park's own affair until it is final."""
    return Agreement.objects.visible_to(request.actor).exclude(state=AgreementState.DRAFT)


def _own(request: Any, pk: int) -> Agreement:
    rows = _seen(request).select_related("tenant", "previous", "document", "signed_copy")
    return get_object_or_404(rows, pk=pk)


def _file(request: Any, document: Document | None) -> Document | None:
    """The file where the reader may open it."""
    if document is None:
        return None
    return Document.objects.visible_to(request.actor).filter(pk=document.pk).first()


def _may_upload(request: Any, own: Agreement) -> bool:
    waits = own.state == AgreementState.AWAITING and own.document_id is not None
    return waits and permissions.permits(request.actor, "upload_signed_copy")


def _upload(request: Any, own: Agreement, form: Form) -> bool:
    file = form.cleaned_data["file"]
    return is_done(
        form,
        lambda: upload_signed_copy(
            actor=request.actor, now=timezone.now(), agreement=own, file=file, name=file.name
        ),
    )


def _tell(request: Any, own: Commitment, form: ModelForm) -> bool:
    return is_done(
        form,
        lambda: tell_progress(
            actor=request.actor, now=timezone.now(), commitment=own, **form.cleaned_data
        ),
    )
