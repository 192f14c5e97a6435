"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from billing import views

app_name = "billing"

urlpatterns = [path("charges/", views.charges, name="charges")]
