"""What every page of the shell needs; whatever costs a query is made only when a page asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from structlog.contextvars import get_contextvars

from park_portal import navigation
from tenants.standing import read_only_until


def shell(request: Any) -> dict[str, Any]:
    code = get_language() or settings.LANGUAGE_CODE
    return {
        "tenant": getattr(request, "tenant", None),
        "memberships": getattr(request, "memberships", []),
        "other_languages": [(c, name) for c, name in settings.LANGUAGES if c != code],
        "request_id": get_contextvars().get("request_id", ""),
        "icp_number": getattr(settings, "ICP_NUMBER", ""),
        "psb_number": getattr(settings, "PSB_NUMBER", ""),
        "mailbox_url": "" if settings.PRODUCTION else reverse("mailbox:mails"),
        "navigation": _in_portal(request, _navigation, []),
        "search_url": _in_portal(request, _search_url, ""),
        "notices_url": _in_portal(request, _notices_url, ""),
        "left_until": _left_until(request),
        "unread_notices": _in_portal(request, _unread_notices, 0),
    }


def _left_until(request: Any) -> datetime | None:
    """Until when the people of an organisation that has left read."""
    tenant = getattr(request, "tenant", None)
    return read_only_until(tenant) if tenant else None


def _in_portal(request: Any, make: Callable[[Any], Any], otherwise: Any) -> Any:
    """Made when a template asks, and only on pages where somebody acts for an organisation."""
    if getattr(request, "actor", None) is None:
        return otherwise
    return cache(lambda: make(request))


def _navigation(request: Any) -> list[navigation.Link]:
    return navigation.links_for(request.actor, request.tenant, request.path)


def _search_url(request: Any) -> str:
    """Empty for whoever sees no orders: the box would lead to a refusal."""
    if not navigation.is_seen("trade:orders", request.actor, request.tenant):
        return ""
    return navigation.address("trade:orders", request.tenant)


def _notices_url(request: Any) -> str:
    return navigation.address("backbone:notices", request.tenant)


def _unread_notices(request: Any) -> int:
    from backbone.queries import unread_notices

    return unread_notices(request.actor)
