"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from training.views import agreements, attendance, guests, lists, overview, seats, sessions

register_refs("training", "seat", "seat_agreement", "guest")
app_name = "training"

session = "training/sessions/<training_ref:pk>/"
guest = "training/guests/<guest_ref:pk>/"

urlpatterns = [
    path("training/", overview.overview, name="overview"),
    path("training/sessions/", sessions.sessions, name="sessions"),
    path(session, sessions.session, name="session"),
    path(f"{session}booking/", sessions.booking, name="booking"),
    path(f"{session}attendance/", attendance.attendance, name="attendance"),
    path(f"{session}attendance/export.xlsx", attendance.export, name="attendance_export"),
    path(f"{session}names/", sessions.names, name="names"),
    path(f"{session}list/", lists.upload, name="list"),
    path(f"{session}list/wrong/", lists.wrong, name="list_wrong"),
    path(f"{session}list/seats/", lists.seats, name="list_seats"),
    path(f"{session}seats/<slug:verb>/", seats.ticked, name="ticked"),
    path(f"{session}guests/", guests.guests, name="guests"),
    path(f"{session}guests/invitations/", guests.invitations, name="invitations"),
    path(guest, guests.guest, name="guest"),
    path(f"{guest}invitation/", guests.guest_invitation, name="guest_invitation"),
    path(f"{guest}answer/", guests.guest_answer, name="guest_answer"),
    path(f"{guest}removal/", guests.guest_removal, name="guest_removal"),
    path("training/seats/<seat_ref:pk>/name/", seats.naming, name="naming"),
    path("training/seats/<slug:which>/", seats.seats, name="seats"),
    path("training/agreements/", agreements.agreements, name="agreements"),
    path("training/agreements/<seat_agreement_ref:pk>/", agreements.agreement, name="agreement"),
]
