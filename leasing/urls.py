"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from leasing.views import leases

register_refs("lease", "handover")
app_name = "leasing"

urlpatterns = [
    path("leases/", leases.leases, name="leases"),
    path("leases/<lease_ref:pk>/", leases.lease, name="lease"),
    path("leases/<lease_ref:pk>/signed-copy/", leases.signed_copy, name="signed_copy"),
    path("handovers/<handover_ref:pk>/", leases.handover, name="handover"),
    path("handovers/<handover_ref:pk>/confirmation/", leases.confirmation, name="confirmation"),
]
