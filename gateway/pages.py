"""The page where people make, roll and revoke their organisation's API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import DomainError, WrongState
from gateway import operations
from gateway.docs import FIRST_CALL
from gateway.forms import KeyForm, RollForm
from gateway.models import ApiKey
from gateway.permissions import permissions
from gateway.presentation import ShownKey
from gateway.secrets import Secret
from tenants.reauthentication import recently_authenticated


@require_safe
def keys(request: Any) -> HttpResponse:
    """The organisation's keys, the ones in force first; never a secret."""
    permissions.require(request.actor, "see_keys")
    found = ApiKey.objects.visible_to(request.actor).select_related("created_by").order_by("-pk")
    shown = [ShownKey(key, timezone.now()) for key in found]
    in_force_first = sorted(shown, key=lambda each: not each.in_force)
    return render(request, "gateway/keys.html", {"keys": in_force_first})


@recently_authenticated(back="gateway:keys")
def new_key(request: Any) -> HttpResponse:
    permissions.require(request.actor, "manage_keys")
    form = KeyForm(request.POST or None, kind=request.tenant.kind)
    if request.method == "POST" and form.is_valid() and (made := _make(request, form)):
        return _shown_once(request, *made)
    return render(request, "gateway/key_new.html", {"form": form})


def _make(request: Any, form: KeyForm) -> tuple[ApiKey, Secret] | None:
    said, now = form.cleaned_data, timezone.now()
    try:
        return operations.create_key(
            actor=request.actor,
            now=now,
            tenant=request.tenant,
            name=said["name"],
            role=said["role"],
            scopes=said["scopes"],
            expires_at=now + timedelta(days=said["days"]),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None


@recently_authenticated(back="gateway:keys")
def rolling(request: Any, pk: int) -> HttpResponse:
    """Another key in the place of this one; both work for a while."""
    permissions.require(request.actor, "manage_keys")
    key = _own(request, pk)
    form = RollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.roll_key(
                actor=request.actor,
                now=timezone.now(),
                tenant=request.tenant,
                key=key,
                overlap=form.cleaned_data["overlap"],
            )
        except WrongState:
            messages.warning(request, _("This key cannot be rolled: it is over or rolled already."))
            return redirect("gateway:keys", tenant=request.tenant.slug)
        return _shown_once(request, *made)
    return render(request, "gateway/key_rolling.html", {"form": form, "key": key})


@require_POST
@recently_authenticated(back="gateway:keys")
def revocation(request: Any, pk: int) -> HttpResponse:
    key = _own(request, pk)
    operations.revoke_key(actor=request.actor, now=timezone.now(), key=key)
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("gateway:keys", tenant=request.tenant.slug)


def _shown_once(request: Any, key: ApiKey, secret: Secret) -> HttpResponse:
    """The answer to the POST itself: the secret is in no address, no session and no history."""
    call = FIRST_CALL % settings.PORTAL_URL
    context = {"key": key, "secret": str(secret), "call": call.replace("pk_…", str(secret))}
    response = render(request, "gateway/key_made.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _own(request: Any, pk: int) -> ApiKey:
    return get_object_or_404(ApiKey.objects.visible_to(request.actor), pk=pk)
