"""The portal's addresses and, for comparison, a page of the same layout with one point query."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from park_portal.urls import handler403, handler404, handler500
from park_portal.urls import urlpatterns as portal
from tenants.models import Tenant

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def floor(request: Any) -> HttpResponse:
    found = Tenant.objects.get(pk=request.tenant.pk)
    return render(request, "portal.html", {"found": found})


def staff_floor(request: Any) -> HttpResponse:
    found = Tenant.objects.get(pk=request.tenant.pk)
    context = admin.site.each_context(request) | {"found": found}
    return render(request, "admin/base_site.html", context)


def _staff_site() -> Any:
    """The staff site with the floor page in it; before the portal's own, so that it is found."""
    page = path("bench-floor/", admin.site.admin_view(staff_floor), name="bench_floor")
    patterns, app_name, namespace = admin.site.urls
    return path("staff/", ([page, *patterns], app_name, namespace))


urlpatterns = [path("o/<slug:tenant>/bench-floor/", floor), _staff_site(), *portal]
