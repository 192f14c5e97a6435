"""Addresses of the catalogue, without an organisation and without an account."""

from django.urls import path

from foundation.refs import register_refs
from training.views import catalogue

register_refs("training")
app_name = "catalogue"

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("calendar.ics", catalogue.calendar, name="calendar"),
    path("<training_ref:pk>/", catalogue.session, name="session"),
]
