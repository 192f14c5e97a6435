"""What is booked by the hour, and the park's rules for it."""

from offices.models.bookings import Booking, BookingState
from offices.models.rules import BookingRule

__all__ = ["Booking", "BookingRule", "BookingState"]
