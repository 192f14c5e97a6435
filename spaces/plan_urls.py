"""Addresses of the staff's pages of floors and occupancy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from foundation.refs import register_refs
from spaces import occupancy_views, plan_views

register_refs("floor")


def staff_pages(wrap: Callable[[Any], Any]) -> list[URLPattern]:
    """``wrap`` is the staff site's own door."""
    floor = "floors/<floor_ref:pk>/"
    return [
        path(floor, wrap(plan_views.floor), name="floor"),
        path(f"{floor}picture/", wrap(plan_views.picture), name="floor_picture"),
        path(f"{floor}plan/", wrap(plan_views.editor), name="floor_editor"),
        path("occupancy/", wrap(occupancy_views.occupancy), name="occupancy"),
        path("occupancy/rows/", wrap(occupancy_views.rows), name="occupancy_rows"),
    ]
