from __future__ import annotations

import pytest

from tests.leasing.making import Desk
from tests.spaces.conftest import grounds, rival
from tests.spaces.making import Grounds

__all__ = ["grounds", "rival"]


@pytest.fixture
def desk(make, park, grounds: Grounds) -> Desk:
    return Desk(make, park, grounds)
