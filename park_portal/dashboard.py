"""The park staff's home: the work queue first, then the park's figures."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from park_portal.home import collect, shown_action, shown_tile, shown_work

# As in park_portal.home, for an actor who works for the park; destinations are staff pages.
STAFF_WORK_PROVIDERS: list[str] = [
    "residency.home.work_of_applying",
    "residency.review_home.staff_work",
    "residency.settling_home.staff_work",
    "residency.exit_home.staff_work",
    "leasing.home.staff_work",
    "offices.home.staff_work",
    "training.home.staff_work",
    "training.attendance_home.staff_work",
    "reporting.home.park_work",
]
STAFF_TILE_PROVIDERS: list[str] = [
    "residency.home.tiles_of_applying",
    "residency.settling_home.staff_tiles",
    "leasing.home.staff_tiles",
    "offices.home.staff_tiles",
    "training.home.staff_tiles",
    "reporting.home.park_tiles",
]
STAFF_ACTION_PROVIDERS: list[str] = [
    "reporting.home.park_actions",
    "residency.home.actions_of_applying",
]


def staff_home(request: Any, context: dict[str, Any]) -> dict[str, Any]:
    """What the theme's DASHBOARD_CALLBACK adds to the first page of the staff site."""
    actor, now = request.actor, timezone.now()
    return context | {
        "title": _("Home"),
        "work": shown_work(collect(STAFF_WORK_PROVIDERS, actor, now), now),
        "tiles": [shown_tile(tile) for tile in collect(STAFF_TILE_PROVIDERS, actor, now)],
        "actions": [shown_action(item) for item in collect(STAFF_ACTION_PROVIDERS, actor, now)],
    }
