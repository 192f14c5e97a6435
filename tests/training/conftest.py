from __future__ import annotations

from collections.abc import Callable

import pytest

from tenants.kinds import TenantKind
from tests.makers import Makers
from tests.spaces.conftest import grounds
from tests.spaces.making import Grounds
from tests.training.making import Centre, School

__all__ = ["grounds"]


@pytest.fixture
def centre(grounds: Grounds) -> Centre:
    return Centre(grounds)


@pytest.fixture
def make_school(make: Makers, centre: Centre) -> Callable[..., School]:
    """A university with an agreement of so many seats."""

    def _make(seats: int = 100) -> School:
        tenant = make.tenant(kind=TenantKind.UNIVERSITY)
        school = School(make.member(tenant, "coordinator", password=None))
        centre.agree(school, seats)
        return school

    return _make


@pytest.fixture
def school(make_school: Callable[..., School]) -> School:
    return make_school()


@pytest.fixture
def other(make_school: Callable[..., School]) -> School:
    return make_school()
