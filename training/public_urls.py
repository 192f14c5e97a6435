"""Addresses of the catalogue, without an organisation and without an account."""

from django.urls import path

from foundation.refs import register_refs
from training.views import public

register_refs("training")
app_name = "catalogue"

urlpatterns = [
    path("", public.catalogue, name="catalogue"),
    path("calendar.ics", public.calendar, name="calendar"),
    path("<training_ref:pk>/", public.session, name="session"),
]
