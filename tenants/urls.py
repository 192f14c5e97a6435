"""Addresses of one's own account that the library has none for; below ``/accounts/``."""

from django.urls import path

from foundation.refs import register_refs
from tenants import views

register_refs("session")
app_name = "tenants"

urlpatterns = [
    # The library's addresses of keys hold their number; park_portal.urls has others for them.
    path("2fa/webauthn/keys/<int:pk>/<path:rest>", views.nowhere),
    path("sessions/<session_ref:pk>/ending/", views.session_ending, name="session_ending"),
]
