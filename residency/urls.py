"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from residency.views import agreements, exits, stays

register_refs("agreement", "commitment")
app_name = "residency"

urlpatterns = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<agreement_ref:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<agreement_ref:pk>/signed-copy/", agreements.signed_copy, name="signed_copy"),
    path("commitments/<commitment_ref:pk>/progress/", agreements.progress, name="progress"),
    path("residency/", stays.stay, name="stay"),
    path("exit/", exits.exit_page, name="exit"),
    path("exit/withdrawal/", exits.withdrawal, name="exit_withdrawal"),
]
