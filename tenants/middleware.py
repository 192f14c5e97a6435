"""One transaction around the whole response, with the tenant set inside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from structlog.contextvars import get_contextvars

from tenants.isolation.context import APP, STAFF, Identity, become, request_transaction
from tenants.models import Membership
from tenants.queries import memberships_of, staff_membership_of


class TenantMiddleware:
    """Turns the address into ``request.actor`` (person, organisation, roles) or a 404.

    Django's ATOMIC_REQUESTS would wrap only the view: settings made in a middleware would
    be gone before it, and templates would render after it. So the transaction is opened here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = request.tenant = request.membership = None
        request.memberships = []
        with request_transaction():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(
        self, request: Any, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if "tenant" in kwargs:
            return _enter_portal(request, kwargs.pop("tenant"))
        if request.resolver_match.app_name == "admin":
            return _enter_staff_site(request)
        return None


def _enter_portal(request: Any, slug: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    request.memberships = memberships_of(request.user)
    membership = next((m for m in request.memberships if m.tenant.slug == slug), None)
    if membership is None:
        # The same answer for an organisation one does not belong to and one that is not there.
        raise Http404
    _act(request, membership, role=APP)
    return None


def _enter_staff_site(request: Any) -> HttpResponse | None:
    if not (request.user.is_authenticated and request.user.is_staff):
        return None
    if settings.STAFF_NEED_SECOND_FACTOR and not is_mfa_enabled(request.user):
        return redirect("mfa_index")
    membership = staff_membership_of(request.user)
    if membership is None:
        raise Http404
    _act(request, membership, role=STAFF)
    return None


def _act(request: Any, membership: Membership, *, role: str) -> None:
    request_id = get_contextvars().get("request_id", "")
    request.membership = membership
    request.tenant = membership.tenant
    request.actor = membership.actor(request_id=request_id, is_staff=role == STAFF)
    become(Identity(role, membership.tenant_id, request.user.pk, request_id))
