"""Addresses of the staff's pages of attendance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from foundation.refs import register_refs
from training.views import desk, door, results

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
        path(f"{session}results/list.<slug:kind>", wrap(results.to_fill), name="results_to_fill"),
        path(f"{session}results/upload/", wrap(results.upload), name="results_upload"),
        path(f"{session}results/recording/", wrap(results.recording), name="results_recording"),
        path(f"{session}feedback/", wrap(results.feedback), name="session_feedback"),
        path(f"{session}settlement/", wrap(desk.settlement), name="attendance_settlement"),
        path(f"{session}guests/", wrap(door.event_guests), name="event_guests"),
        path(f"{session}invitations/", wrap(door.event_invitations), name="event_invitations"),
        path(f"{session}door/", wrap(door.event_door), name="event_door"),
        path("attendance/guests/<slug:code>/", wrap(door.event_guest), name="event_guest"),
        path(f"{session}evidence/", wrap(desk.evidence_pack), name="attendance_evidence"),
    ]
