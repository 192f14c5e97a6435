"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from certificates.views import own
from foundation.refs import register_refs

register_refs("certificate")
app_name = "certificates"

certificate = "certificates/<certificate_ref:pk>/"

urlpatterns = [
    path("certificates/", own.certificates, name="certificates"),
    path("certificates/archive/", own.archive, name="archive"),
    path("certificates/given/new/", own.given_number, name="given_number"),
    path(certificate, own.certificate, name="certificate"),
    path(f"{certificate}paper/", own.paper, name="paper"),
    path(f"{certificate}personal-link/", own.personal_link, name="personal_link"),
]
