"""The renewal board: whose time in the park runs out, and what to do about each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from residency.board import renewal_board as columns
from residency.permissions import permissions


@require_safe
def renewal_board(request: Any) -> HttpResponse:
    """Overstaying, and at most 30, 60 and 90 days left."""
    permissions.require(request.actor, "see_residency")
    values = admin.site.each_context(request) | {
        "title": _("Renewal board"),
        "columns": columns(timezone.now()),
        "portal_url": settings.PORTAL_URL,
        "may_agree": permissions.permits(request.actor, "manage_agreements"),
        "may_leave": permissions.permits(request.actor, "request_exit"),
        "may_extend": permissions.permits(request.actor, "manage_stays"),
    }
    return render(request, "residency/renewal_board.html", values)
