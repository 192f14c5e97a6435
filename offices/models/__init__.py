"""What is booked by the hour, and the park's rules for it."""

from offices.models.allowances import Allowance
from offices.models.bookings import Booking, BookingState
from offices.models.links import Door, Feed
from offices.models.rules import BookingRule
from offices.models.studio import Platform, PresenterKind, SampleGoods, StudioCard

__all__ = [
    "Allowance",
    "Booking",
    "BookingRule",
    "BookingState",
    "Door",
    "Feed",
    "Platform",
    "PresenterKind",
    "SampleGoods",
    "StudioCard",
]
