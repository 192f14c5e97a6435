"""An organisation's certificates: found, printed, handed out, and the university's own recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.paging import page_of
from certificates import links
from certificates.forms import CertificateFilterForm, GivenNumberForm
from certificates.models import Certificate, CertificateKind
from certificates.operations.archives import start_archive
from certificates.operations.links import make_personal_link
from certificates.operations.recording import record
from certificates.permissions import permissions
from certificates.presentation import shown
from certificates.queries import filtered
from certificates.views.public import paper as paper_of
from foundation.errors import DomainError
from foundation.refusals import is_done
from tenants.kinds import TenantKind


@require_safe
def certificates(request: Any) -> HttpResponse:
    """What is chosen lives in the address, so a link shows the same rows to a colleague."""
    permissions.require(request.actor, "read_certificates")
    form = CertificateFilterForm(request.GET)
    wanted = form.wanted()
    found = filtered(request.actor, wanted, timezone.localdate())
    page = page_of(found, request.GET)
    context = {
        "form": form,
        "page": page,
        "rows": [shown(row) for row in page.rows],
        "count": found.count(),
        "has_any": bool(page.rows) or Certificate.objects.visible_to(request.actor).exists(),
        "may_hand_out": permissions.permits(request.actor, "hand_out_certificates"),
        "may_record": _may_record(request),
    }
    return render(request, "certificates/certificates.html", context)


@require_safe
def certificate(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "read_certificates")
    own = _own(request, pk)
    may = permissions.permits(request.actor, "hand_out_certificates")
    context = {
        "certificate": own,
        "shown": shown(own),
        "successor": own.successor,
        "may_hand_out": may and own.is_verifiable and own.erased_at is None,
    }
    return render(request, "certificates/certificate.html", context)


@require_safe
def paper(request: Any, pk: int) -> HttpResponse:
    """The PDF, as the certificate stands today."""
    permissions.require(request.actor, "read_certificates")
    return paper_of(_own(request, pk))


@require_POST
def personal_link(request: Any, pk: int) -> HttpResponse:
    """Make the holder's link and show it, this once."""
    permissions.require(request.actor, "hand_out_certificates")
    try:
        own = make_personal_link(
            actor=request.actor, now=timezone.now(), certificate=_own(request, pk)
        )
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("certificates:certificate", tenant=request.tenant.slug, pk=pk)
    context = {
        "certificate": own,
        "shown": shown(own),
        "address": links.address_of(own, request.tenant.slug),
        "days": links.days_of_link(),
    }
    response = render(request, "certificates/personal_link.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def archive(request: Any) -> HttpResponse:
    """What the list shows as one archive, made by a job."""
    permissions.require(request.actor, "hand_out_certificates")
    said = asdict(CertificateFilterForm(request.POST).wanted())
    days = {name: value.isoformat() for name in ("since", "until") if (value := said[name])}
    wanted = said | days | {"language": get_language() or "en"}
    try:
        job = start_archive(actor=request.actor, now=timezone.now(), wanted=wanted)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("certificates:certificates", tenant=request.tenant.slug)
    return redirect("backbone:job", tenant=request.tenant.slug, pk=job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def given_number(request: Any) -> HttpResponse:
    """A university writes down a certificate of its own."""
    permissions.require(request.actor, "record_university_numbers")
    form = GivenNumberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _recorded(request, form):
        messages.success(request, _("The certificate is recorded under the university's number."))
        return redirect("certificates:certificates", tenant=request.tenant.slug)
    return render(request, "certificates/given_number.html", {"form": form})


def _recorded(request: Any, form: GivenNumberForm) -> bool:
    return is_done(
        form,
        lambda: record(
            actor=request.actor,
            now=timezone.now(),
            tenant=request.tenant,
            kind=CertificateKind.UNIVERSITY,
            **form.cleaned_data,
        ),
    )


def _may_record(request: Any) -> bool:
    is_university = request.tenant.kind in (TenantKind.UNIVERSITY, TenantKind.OPERATOR)
    return is_university and permissions.permits(request.actor, "record_university_numbers")


def _own(request: Any, pk: int) -> Certificate:
    rows = Certificate.objects.visible_to(request.actor).select_related("replaces")
    return get_object_or_404(rows, pk=pk)
