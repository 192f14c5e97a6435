"""The staff's page of park briefs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backbone.models import Job
from foundation.errors import NotPermitted
from reporting import operations
from reporting.brief import KIND
from reporting.permissions import permissions
from reporting.queries import late_uploads


def park_briefs(request: Any) -> HttpResponse:
    """Earlier briefs, and one button that makes a new one."""
    if not permissions.permits(request.actor, "make_brief"):
        raise NotPermitted
    if request.method == "POST":
        job = operations.request_brief(actor=request.actor, now=timezone.now())
        return redirect("backbone:job", tenant=request.tenant.slug, pk=job.pk)
    mine = Job.objects.filter(tenant_id=request.actor.tenant_id, kind=KIND)
    context = admin.site.each_context(request) | {
        "title": _("Park briefs"),
        "briefs": mine.select_related("tenant", "requested_by").order_by("-pk")[:20],
    }
    return render(request, "reporting/park_briefs.html", context)


@require_safe
def late_organisations(request: Any) -> HttpResponse:
    """Who has uploaded no orders for last month, with a text to send them."""
    late = late_uploads(timezone.localdate())
    context = admin.site.each_context(request) | {
        "title": _("Orders not uploaded yet"),
        "late": late,
        "portal_url": settings.PORTAL_URL,
    }
    return render(request, "reporting/late_organisations.html", context)
