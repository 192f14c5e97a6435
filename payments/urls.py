"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from payments import views
from payments.models import REFS

register_refs("bill", REFS)
app_name = "payments"

urlpatterns = [
    path("bills/<bill_ref:pk>/online/", views.begin, name="begin"),
    path("bills/online/<online_payment_ref:pk>/", views.payment, name="payment"),
    path("bills/online/<online_payment_ref:pk>/practice/", views.offline_page, name="offline"),
]
