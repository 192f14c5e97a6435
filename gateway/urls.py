"""Addresses inside ``/o/<tenant>/``; those of the API itself stand in ``park_portal.api``."""

from django.urls import path

from foundation.refs import register_refs
from gateway import pages

app_name = "gateway"
register_refs("key")

urlpatterns = [
    path("keys/", pages.keys, name="keys"),
    path("keys/new/", pages.new_key, name="key_new"),
    path("keys/<key_ref:pk>/rolling/", pages.rolling, name="key_rolling"),
    path("keys/<key_ref:pk>/revocation/", pages.revocation, name="key_revocation"),
]
