"""Fixtures of the walls' tests."""

from tests.backbone.conftest import actor, effect, kind, now, reload, start
from tests.browser.small_park import new_small_park, small_park
from tests.walls.population import population

__all__ = [
    "actor",
    "effect",
    "kind",
    "new_small_park",
    "now",
    "population",
    "reload",
    "small_park",
    "start",
]
