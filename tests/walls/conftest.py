"""Fixtures of the walls' tests."""

from tests.backbone.conftest import actor, effect, kind, now, reload, start
from tests.browser.small_park import small_park
from tests.walls.population import population

__all__ = ["actor", "effect", "kind", "now", "population", "reload", "small_park", "start"]
