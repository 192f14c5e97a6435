"""Everything about one organisation on one page of the staff site, each app adding its section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backbone.sections import Line, Section, sections_of
from foundation.errors import NotPermitted
from foundation.home import address_of
from tenants.models import Tenant
from tenants.standing import is_closed, read_only_until


@dataclass(frozen=True, slots=True)
class ShownSection:
    section: Section
    url: str
    lines: list[tuple[Line, str]]


@require_safe
def organisation(request: Any, pk: int) -> HttpResponse:
    """For every member of the park's staff; what a section shows is its app's affair."""
    if not request.actor.is_staff:
        raise NotPermitted
    tenant, now = get_object_or_404(Tenant, pk=pk), timezone.now()
    context = {
        "title": tenant.display_name,
        "organisation": tenant,
        "until": read_only_until(tenant),
        "closed": is_closed(tenant, now),
        "change_url": reverse("admin:tenants_tenant_change", args=[pk]),
        "sections": [_shown(each) for each in sections_of(request.actor, tenant, now)],
    }
    values = admin.site.each_context(request) | context
    return render(request, "backbone/organisation.html", values)


def _shown(section: Section) -> ShownSection:
    lines = [(line, address_of(line.to)) for line in section.lines]
    return ShownSection(section, address_of(section.to), lines)
