"""Addresses of the staff's pages of attendance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from foundation.refs import register_refs
from training.views import desk

register_refs("training", "training_date", "seat")


def staff_pages(wrap: Callable[[Any], Any]) -> list[URLPattern]:
    """``wrap`` is the staff site's own door."""
    date = "attendance/dates/<training_date_ref:pk>/"
    session = "attendance/sessions/<training_ref:pk>/"
    return [
        path("attendance/", wrap(desk.attendance), name="attendance"),
        path(date, wrap(desk.date), name="attendance_date"),
        path(f"{date}code/", wrap(desk.code), name="attendance_code"),
        path(f"{date}sheet/", wrap(desk.sheet), name="attendance_sheet"),
        path(f"{date}seats/<seat_ref:seat>/", wrap(desk.mark_history), name="attendance_history"),
        path(session, wrap(desk.session), name="attendance_session"),
        path(f"{session}results/", wrap(desk.results), name="attendance_results"),
        path(f"{session}settlement/", wrap(desk.settlement), name="attendance_settlement"),
        path(f"{session}evidence/", wrap(desk.evidence_pack), name="attendance_evidence"),
    ]
