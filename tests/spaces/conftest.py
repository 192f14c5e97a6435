from __future__ import annotations

import pytest

from tenants.models import Membership
from tests.makers import Makers
from tests.spaces.making import Grounds


@pytest.fixture
def grounds(staff: Membership) -> Grounds:
    return Grounds(staff)


@pytest.fixture
def rival(make: Makers, neighbour) -> Membership:
    """Somebody of a competitor who wants the same rooms."""
    return make.member(neighbour, "owner")
