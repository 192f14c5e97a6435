"""The page on which an owner takes the organisation's data along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from backbone.data_export.archive import PURPOSE
from backbone.models import Document, Job
from backbone.operations.data_export import DATA_JOB, BeingMade, start_data_export
from backbone.permissions import permissions
from backbone.presentation import ShownDocument, ShownJob
from tenants.reauthentication import recently_authenticated
from tenants.standing import allowed_after_leaving


@allowed_after_leaving
@recently_authenticated(back="backbone:data")
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: Any) -> HttpResponse:
    """What was put together lately, and a button to do it anew."""
    permissions.require(request.actor, "export_everything")
    if request.method == "POST":
        return _start(request)
    own = Document.objects.visible_to(request.actor).filter(purpose=PURPOSE)
    latest = Job.objects.visible_to(request.actor).filter(kind=DATA_JOB).order_by("-pk").first()
    context = {
        "files": [ShownDocument(each, request.tenant) for each in own.order_by("-pk")],
        "job": ShownJob(latest, request.tenant, request.actor) if latest else None,
    }
    return render(request, "backbone/data.html", context)


def _start(request: Any) -> HttpResponse:
    try:
        job = start_data_export(
            actor=request.actor, now=timezone.now(), language=get_language() or "en"
        )
    except BeingMade as error:
        messages.info(request, str(error))
        return redirect("backbone:data", tenant=request.tenant.slug)
    return redirect("backbone:job", tenant=request.tenant.slug, pk=job.pk)
