"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from offices.views import bookings

register_refs("booking", "room")
app_name = "offices"

urlpatterns = [
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/new/", bookings.rooms, name="rooms"),
    path("bookings/new/<room_ref:pk>/", bookings.new, name="new"),
    path("bookings/<booking_ref:pk>/", bookings.booking, name="booking"),
    path("bookings/<booking_ref:pk>/cancellation/", bookings.cancellation, name="cancellation"),
    path("bookings/<booking_ref:pk>/check-in/", bookings.check_in, name="check_in"),
]
