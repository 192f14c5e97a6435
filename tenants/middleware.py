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
from structlog.contextvars import bind_contextvars, get_contextvars

from foundation import security_log
from foundation.security_log import Event
from tenants.isolation.context import APP, PUBLIC, STAFF, Identity, become, request_transaction
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from tenants.queries import current_memberships

# Sign-in, second factors, and the language they are read in.
SETTING_UP = ("/accounts/", "/language/")


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
        if _lacks_second_factor(request):
            return redirect("mfa_index")
        if "tenant" in kwargs:
            return _enter_portal(request, kwargs.pop("tenant"))
        if request.resolver_match.app_name == "admin":
            return _enter_staff_site(request)
        return None


def _lacks_second_factor(request: Any) -> bool:
    """Park staff reach nothing without one but the pages where they set it up."""
    if not settings.STAFF_NEED_SECOND_FACTOR or request.path.startswith(SETTING_UP):
        return False
    user = request.user
    return user.is_authenticated and user.is_staff and not is_mfa_enabled(user)


def _enter_portal(request: Any, slug: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    # The same 404 for an organisation one does not belong to and for one that is not there.
    _act(request, _membership(request, lambda tenant: tenant.slug == slug), role=APP)
    return None


def _enter_staff_site(request: Any) -> HttpResponse | None:
    if not (request.user.is_authenticated and request.user.is_staff):
        return None
    park = _membership(request, lambda tenant: tenant.kind == TenantKind.OPERATOR)
    _act(request, park, role=STAFF)
    return None


def _membership(request: Any, wanted: Callable[[Tenant], bool]) -> Membership:
    """The person's own membership of the wanted organisation, read as the public role."""
    become(Identity(PUBLIC, user_id=request.user.pk))
    request.memberships = list(current_memberships(request.user))
    for membership in request.memberships:
        if wanted(membership.tenant):
            return membership
    security_log.tell(Event.NO_SUCH_ORGANISATION)
    raise Http404


def _act(request: Any, membership: Membership, *, role: str) -> None:
    request_id = get_contextvars().get("request_id", "")
    bind_contextvars(tenant_id=membership.tenant_id)
    request.membership = membership
    request.tenant = membership.tenant
    request.actor = membership.actor(request_id=request_id, is_staff=role == STAFF)
    become(Identity(role, membership.tenant_id, request.user.pk, request_id))
