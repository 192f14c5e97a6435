"""The landing and the home pages: first what waits for this person, then the figures."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tenants.queries import memberships_of


@login_required
def landing(request: Any) -> HttpResponse:
    """Park staff to their site, everybody else to their organisation."""
    if request.user.is_staff:
        return redirect("admin:index")
    memberships = memberships_of(request.user)
    if memberships:
        return redirect("portal", tenant=memberships[0].tenant.slug)
    return render(request, "home/nowhere.html")


def portal(request: Any) -> HttpResponse:
    return render(request, "home/portal.html")
