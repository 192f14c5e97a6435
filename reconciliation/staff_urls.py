"""Addresses of the staff's pages of reconciliation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from reconciliation import deciding, views


def staff_pages(wrap: Callable[[Any], Any]) -> list[URLPattern]:
    """``wrap`` is the staff site's own door."""
    start, name = "reconciliation/", "reconciliation"
    line, match = f"{start}lines/<int:pk>/", f"{start}receipts/<int:pk>/"
    return [
        path(start, wrap(views.lines), name=name),
        path(f"{start}certain/", wrap(views.certain), name=f"{name}_certain"),
        path(line, wrap(views.line), name=f"{name}_line"),
        path(f"{line}acceptance/", wrap(views.acceptance), name=f"{name}_acceptance"),
        path(f"{line}recognition/", wrap(views.recognition), name=f"{name}_recognition"),
        path(f"{line}split/", wrap(deciding.split), name=f"{name}_split"),
        path(f"{line}setting-aside/", wrap(deciding.setting_aside), name=f"{name}_aside"),
        path(f"{line}parking/", wrap(deciding.parking), name=f"{name}_parking"),
        path(f"{match}payer/", wrap(deciding.identifying), name=f"{name}_identifying"),
    ]
