"""What people do with their own account beside the library's pages."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST


def nowhere(request: Any, **_arguments: Any) -> HttpResponse:
    raise Http404


@require_POST
@login_required
def session_ending(request: Any, pk: int) -> HttpResponse:
    """Sign out on another device; the device in use has a sign-out of its own."""
    others = UserSession.objects.filter(user=request.user).exclude(
        session_key=request.session.session_key
    )
    get_adapter().end_sessions([get_object_or_404(others, pk=pk)])
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
