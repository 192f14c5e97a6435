"""Addresses of one's own account that the library has none for; below ``/accounts/``."""

from django.urls import path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("sessions/<int:pk>/ending/", views.session_ending, name="session_ending"),
]
