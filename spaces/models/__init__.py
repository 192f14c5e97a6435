"""The park's spaces, and the one ledger of who has which of them when."""

from spaces.models.days import ParkDay
from spaces.models.occupancies import (
    LIVE,
    NEEDS_REASON,
    STANDING,
    Occupancy,
    OccupancyKind,
    OccupancyState,
)
from spaces.models.plans import Box, FloorPlan, Shape
from spaces.models.tree import Building, Floor, Space, SpaceKind, SpaceType

__all__ = [
    "LIVE",
    "NEEDS_REASON",
    "STANDING",
    "Box",
    "Building",
    "Floor",
    "FloorPlan",
    "Occupancy",
    "OccupancyKind",
    "OccupancyState",
    "ParkDay",
    "Shape",
    "Space",
    "SpaceKind",
    "SpaceType",
]
