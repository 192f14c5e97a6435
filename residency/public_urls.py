"""Addresses for applicants, who have no account; the roof hangs them under ``/apply/``."""

from django.urls import path

from residency import public

app_name = "apply"

urlpatterns = [
    path("<str:token>/", public.application, name="application"),
]
