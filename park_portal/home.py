"""The landing and the home pages: first what waits for this person, then the figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from backbone.waiting import work_of
from foundation.home import Destination, QuickAction, Tile, WorkItem
from park_portal.navigation import is_seen
from tenants.queries import memberships_of

# Functions of the apps below, each taking ``actor`` and ``now`` (see foundation.home).
WORK_PROVIDERS: list[str] = ["trade.home.order_work", "learners.home.learner_work"]
# These name the rows that may wait, so that one query asks for all of them.
SOURCE_PROVIDERS: list[str] = [
    "billing.own_home.sources",
    "residency.own_home.sources",
    "leasing.own_home.sources",
    "offices.own_home.sources",
    "training.own_home.sources",
]
TILE_PROVIDERS: list[str] = [
    "billing.own_home.tiles",
    "trade.home.order_tiles",
    "learners.home.learner_tiles",
]
ACTION_PROVIDERS: list[str] = [
    "trade.home.order_actions",
    "learners.home.learner_actions",
    "offices.own_home.actions",
    "training.own_home.actions",
]
# Asked only where the app's entry stands in the person's sidebar: by kind and role, no query.
ENTRIES = {
    "billing": "billing:bills",
    "trade": "trade:orders",
    "learners": "learners:learners",
    "leasing": "leasing:leases",
    "training": "training:overview",
}

FAR_AWAY = datetime.max.replace(tzinfo=UTC)


@require_safe
@login_required
def landing(request: Any) -> HttpResponse:
    """Park staff to their site, everybody else to their organisation."""
    if request.user.is_staff:
        return redirect("admin:index")
    memberships = memberships_of(request.user)
    if memberships:
        return redirect("portal", tenant=memberships[0].tenant.slug)
    return render(request, "home/nowhere.html")


@require_safe
def portal(request: Any) -> HttpResponse:
    now = timezone.now()
    where = {"tenant": request.tenant.slug}

    def all_of(providers: list[str]) -> list[Any]:
        return collect(concerned(providers, request.actor, request.tenant), request.actor, now)

    # Whoever has left the park only reads: nothing waits for them.
    writes = request.tenant.left_at is None
    waiting = []
    if writes:
        waiting = [*work_of(request.actor, all_of(SOURCE_PROVIDERS)), *all_of(WORK_PROVIDERS)]
    context = {
        "work": shown_work(waiting, now, where),
        "tiles": [shown_tile(tile, where) for tile in all_of(TILE_PROVIDERS)],
        "actions": [shown_action(each, where) for each in all_of(ACTION_PROVIDERS) if writes],
    }
    return render(request, "home/portal.html", context)


def concerned(providers: Iterable[str], actor: Any, tenant: Any) -> list[str]:
    """Without those of an app that an organisation of this kind, or this role, has nothing of."""
    entries = {name: ENTRIES.get(name.partition(".")[0]) for name in providers}
    return [name for name, entry in entries.items() if not entry or is_seen(entry, actor, tenant)]


def collect(providers: Iterable[str], actor: Any, now: datetime) -> list[Any]:
    """Everything the providers have for this actor, in the providers' order."""
    return [item for name in providers for item in import_string(name)(actor=actor, now=now)]


def shown_work(
    items: Iterable[WorkItem], now: datetime, where: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Heavier first, then oldest due first; without a due date last."""
    ordered = sorted(items, key=lambda item: (-item.weight, item.due_at or FAR_AWAY))
    return [
        {
            "title": item.title,
            "note": item.note,
            "action": item.action,
            "url": resolve(item.to, where),
            "due_at": item.due_at,
            "late": item.due_at is not None and item.due_at < now,
        }
        for item in ordered
    ]


def shown_tile(tile: Tile, where: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "label": tile.label,
        "value": tile.value,
        "url": resolve(tile.to, where),
        "action": tile.action,
        "action_url": resolve(tile.action_to or tile.to, where),
        "note": tile.note,
        "percent": tile.percent,
    }


def shown_action(action: QuickAction, where: dict[str, str] | None = None) -> dict[str, Any]:
    return {"label": action.label, "icon": action.icon, "url": resolve(action.to, where)}


def resolve(to: Destination, where: dict[str, str] | None = None) -> str:
    """The address; ``where`` holds the organisation's slug, and is None in the staff site."""
    address = reverse(to.view, kwargs={**(where or {}), **to.arguments})
    return f"{address}?{urlencode(to.query, doseq=True)}" if to.query else address
