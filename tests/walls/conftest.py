"""Fixtures of the walls' tests."""

from tests.walls.population import population  # noqa: F401  a fixture
