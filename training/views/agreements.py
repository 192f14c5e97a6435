"""Seat agreements of a university, line by line."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from foundation.refs import ref_of
from training.figures import EXPLAINED, figures_of
from training.models import SeatAgreement
from training.permissions import permissions


@require_GET
def agreements(request: Any) -> HttpResponse:
    permissions.require(request.actor, "see_agreements")
    own = list(_visible(request))
    figures = figures_of([each.pk for each in own], timezone.now())
    rows = [(each, figures[each.pk]) for each in own]
    return render(request, "training/agreements.html", {"rows": rows})


@require_GET
def agreement(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "see_agreements")
    own = get_object_or_404(_visible(request), pk=pk)
    context = {
        "agreement": own,
        "ref": ref_of(own.pk, "seat_agreement"),
        "figures": figures_of([own.pk], timezone.now())[own.pk],
        "explained": EXPLAINED,
        "grants": own.grants.all(),
    }
    return render(request, "training/agreement.html", context)


def _visible(request: Any) -> Any:
    own = SeatAgreement.objects.visible_to(request.actor)
    return own.filter(tenant_id=request.actor.tenant_id)
