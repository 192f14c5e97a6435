"""The list of learners with its filters and exports."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from learners.exports import DIRECT_ROWS, TYPES, write_learners
from learners.forms import LearnerFilterForm
from learners.models import Learner
from learners.operations import start_export
from learners.permissions import permissions
from learners.queries import choices, filtered, learners_page
from learners.rules import may_keep
from learners.shown import shown_to


@require_GET
def learners(request: Any) -> HttpResponse:
    """What is chosen lives in the address, so a link shows the same rows to a colleague."""
    permissions.require(request.actor, "see_learners")
    form = _filter(request)
    wanted = form.wanted()
    page = learners_page(request.actor, wanted, request.GET)
    may_see = permissions.permits(request.actor, "see_personal_data")
    context = {
        "form": form,
        "page": page,
        "rows": [shown_to(request.actor, row) for row in page.rows],
        "count": filtered(request.actor, wanted).count(),
        "has_any": bool(page.rows) or Learner.objects.visible_to(request.actor).exists(),
        "exports": _export_addresses(request) if may_see else [],
        "is_masked": not may_see,
        "may_keep": may_keep(request.actor, request.tenant.kind),
    }
    return render(request, "learners/learners.html", context)


@require_GET
def export(request: Any, kind: str) -> HttpResponse:
    """What the list shows, as a file; a large one is made by a job."""
    permissions.require(request.actor, "see_personal_data")
    if kind not in TYPES:
        raise Http404
    wanted = _filter(request).wanted()
    found = filtered(request.actor, wanted)
    if found[: DIRECT_ROWS + 1].count() > DIRECT_ROWS:
        said = asdict(wanted) | {"kind": kind, "language": get_language()}
        job = start_export(actor=request.actor, now=timezone.now(), wanted=said)
        return redirect("backbone:job", tenant=request.tenant.slug, pk=job.pk)
    out = BytesIO()
    write_learners(out, kind, found.order_by("number"))
    return HttpResponse(
        out.getvalue(), content_type=TYPES[kind], headers=as_file(f"learners.{kind}")
    )


def as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, name) or "attachment"}


def _filter(request: Any) -> LearnerFilterForm:
    return LearnerFilterForm(request.GET, choices=choices(request.actor))


def _export_addresses(request: Any) -> list[tuple[str, str]]:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    base = request.path.rstrip("/")
    return [(kind.upper(), f"{base}/export.{kind}?{query.urlencode()}") for kind in ("xlsx", "csv")]
