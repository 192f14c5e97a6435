"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from offices.views import bookings, calendar, links

register_refs("booking", "feed", "room")
app_name = "offices"

booking = "bookings/<booking_ref:pk>/"
room = "bookings/new/<room_ref:pk>/"

urlpatterns = [
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/week/", calendar.week, name="week"),
    path("bookings/day/", calendar.day, name="day"),
    path("bookings/feeds/", links.feeds, name="feeds"),
    path("bookings/feeds/<feed_ref:pk>/ending/", links.feed_ending, name="feed_ending"),
    path("bookings/doors/<str:token>/", links.at_door, name="at_door"),
    path("bookings/new/", bookings.rooms, name="rooms"),
    path(room, bookings.new, name="new"),
    path(f"{room}waiting/", bookings.waiting, name="waiting"),
    path(booking, bookings.booking, name="booking"),
    path(f"{booking}time/", bookings.time, name="time"),
    path(f"{booking}studio/", bookings.studio, name="studio"),
    path(f"{booking}acceptance/", bookings.acceptance, name="acceptance"),
    path(f"{booking}cancellation/", bookings.cancellation, name="cancellation"),
    path(
        f"{booking}series/cancellation/", bookings.series_cancellation, name="series_cancellation"
    ),
    path(f"{booking}check-in/", bookings.check_in, name="check_in"),
]
